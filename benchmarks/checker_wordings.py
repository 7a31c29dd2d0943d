"""How offices of many provinces word an annual report, as sentences over `Facts`.

Every sentence is true of the figures. The harmless ones are true too, and of the kind that a
hasty reader takes for an error.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from checker_facts import DENIED, UNAVAILABLE, UNPROCESSED, Facts, grown, han, pct

Words = Callable[[Facts, random.Random], str]


def _n(n: int, unit: str, r: random.Random) -> str:
    """Return a count, now and then in words."""
    return (
        f"{han(n)}{unit}" if 2 <= n < 100 and r.random() < 0.15 and n not in (1,) else f"{n}{unit}"
    )


TITLES: tuple[Words, ...] = (
    lambda f, r: f"{f.name}{f.year}年政府信息公开工作年度报告",
    lambda f, r: f"{f.name}{f.year}年度政府信息公开工作年度报告",
    lambda f, r: f"{f.year}年{f.name}政府信息公开工作年度报告",
    lambda f, r: f"{f.name}关于{f.year}年政府信息公开工作年度报告",
)
OPENINGS: tuple[Words, ...] = (
    lambda f, r: (
        "根据《中华人民共和国政府信息公开条例》（国务院令第711号）和《中华人民共和国政府信息公开工作年度报告格式》（国办公开办函〔2021〕30号）编制本报告。"
    ),
    lambda f, r: (
        "本报告按照《中华人民共和国政府信息公开条例》（中华人民共和国国务院令第711号，以下简称《条例》）和《国务院办公厅政府信息与政务公开办公室关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2021〕30号）要求编制。"
    ),
    lambda f, r: (
        f"根据《中华人民共和国政府信息公开条例》规定，现公布{f.name}{f.year}年政府信息公开工作年度报告。全文包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、政府信息公开行政复议和行政诉讼情况、存在的主要问题及改进情况、其他需要报告的事项六个部分。"
    ),
)
PERIODS: tuple[Words, ...] = (
    lambda f, r: f"所列数据的统计期限自{f.year}年1月1日起至{f.year}年12月31日止。",
    lambda f, r: f"本报告中所列数据的统计期限为{f.year}年1月1日至12月31日。",
    lambda f, r: (
        f"报告数据统计时限从{f.year}年1月1日到{f.year}年12月31日止。如有疑问，请与{f.we}联系（地址：{f.place}人民路18号；邮编：110000；电话：0400-8830330）。"
    ),
)
PROACTIVE: tuple[Words, ...] = (
    lambda f, r: (
        f"全年主动公开政府信息{f.disclosed}条，其中门户网站{f.site}条，政务新媒体{f.weibo + f.wechat}条。"
    ),
    lambda f, r: (
        f"{f.year}年，{f.we}主动公开政府信息{f.disclosed}条。其中，政府网站公开信息{f.site}条，政务新媒体发布信息{f.weibo + f.wechat}条。"
    ),
    lambda f, r: (
        f"通过不同渠道主动公开各类政府信息共{f.disclosed}条，包括门户网站{f.site}条、微博{f.weibo}条、微信公众号{f.wechat}条。"
    ),
    lambda f, r: (
        f"主动公开政府信息{f.disclosed}条，比上年的{f.before['disclosed']}条{grown(f.disclosed, f.before['disclosed'])}。"
    ),
    lambda f, r: (
        f"主动公开政府信息{f.disclosed}条，较{f.year - 1}年（{f.before['disclosed']}条）{grown(f.disclosed, f.before['disclosed'])}，其中网站{f.site}条，微博{f.weibo}条，微信{f.wechat}条。"
    ),
    lambda f, r: (
        f"年内主动公开政府信息总数{f.disclosed}条，其中网站公开{f.site}条，占{pct(f.site, f.disclosed)}。"
    ),
)
REQUESTS: tuple[Words, ...] = (
    lambda f, r: (
        f"全年新收政府信息公开申请{_n(f.of('new'), '件', r)}，上年结转{_n(f.of('carried_in'), '件', r)}，办结{f.of('total')}件，结转下年度继续办理{_n(f.of('carried_out'), '件', r)}。"
    ),
    lambda f, r: (
        f"{f.year}年共收到政府信息公开申请{f.of('new')}件，结转上年度申请{f.of('carried_in')}件，本年度办结{f.of('total')}件，剩余{f.of('carried_out')}件结转下年度办理。"
    ),
    lambda f, r: (
        f"全年受理依申请公开{f.of('new')}件（含自然人{f.of('new', 0)}件、法人或其他组织{f.legal}件），上年结转{f.of('carried_in')}件，共计{f.of('new') + f.of('carried_in')}件；已办结{f.of('total')}件，其余{f.of('carried_out')}件结转{f.year + 1}年继续办理。"
    ),
    lambda f, r: (
        f"本年度收到公开申请{f.of('new')}件，加上{f.year - 1}年结转的{f.of('carried_in')}件，共{f.of('new') + f.of('carried_in')}件，办理完毕{f.of('total')}件，{f.of('carried_out')}件转{f.year + 1}年度办理。"
    ),
    lambda f, r: (
        f"{f.we}新收到政府信息公开申请{f.of('new')}宗，上年度结转{f.of('carried_in')}宗，共计办结{f.of('total')}宗，结转下一年度{f.of('carried_out')}宗。"
    ),
)
RESULTS_TOLD: tuple[Words, ...] = (
    lambda f, r: (
        f"办理结果中，予以公开{f.of('granted')}件，部分公开{f.of('partly')}件，不予公开{f.sum(DENIED)}件，无法提供{f.sum(UNAVAILABLE)}件，不予处理{f.sum(UNPROCESSED)}件，其他处理{f.sum(('late_correction', 'late_fee', 'other'))}件。"
    ),
    lambda f, r: (
        f"从处理结果看，予以公开{f.of('granted')}件，占{pct(f.of('granted'), f.of('total'))}；部分公开{f.of('partly')}件；无法提供{f.sum(UNAVAILABLE)}件。"
    ),
    lambda f, r: (
        f"答复结果为：予以公开{_n(f.of('granted'), '件', r)}、部分公开{_n(f.of('partly'), '件', r)}、无法提供{f.sum(UNAVAILABLE)}件等。"
    ),
    lambda f, r: (
        f"已办结的申请中，予以公开和部分公开{f.of('granted') + f.of('partly')}件，不予公开{f.sum(DENIED)}件。"
    ),
)
APPLICANTS: tuple[Words, ...] = (
    lambda f, r: f"新收申请中，自然人{f.of('new', 0)}件，法人或其他组织{f.legal}件。",
    lambda f, r: (
        f"从申请人看，本年新收的申请中自然人申请{f.of('new', 0)}件，占{pct(f.of('new', 0), f.of('new'))}，法人和其他组织申请{f.legal}件，占{pct(f.legal, f.of('new'))}。"
    ),
    lambda f, r: (
        f"自然人提出政府信息公开申请{f.of('new', 0)}件，法人或者其他组织提出政府信息公开申请{f.legal}件。"
    ),
)
COMPARED: tuple[Words, ...] = (
    lambda f, r: (
        f"申请数量比上年的{f.before['new']}件{grown(f.of('new'), f.before['new'])}。"
        if f.of("new") != f.before["new"]
        else "申请数量与上年持平。"
    ),
    lambda f, r: (
        f"新收申请数量同比{grown(f.of('new'), f.before['new'])}。"
        if f.of("new") != f.before["new"]
        else "新收申请数量与上年持平。"
    ),
    lambda f, r: (
        f"收到政府信息公开申请{f.of('new')}件，较{f.year - 1}年（{f.before['new']}件）{grown(f.of('new'), f.before['new'])}。"
    ),
    lambda f, r: (
        f"公开申请数量由上年的{f.before['new']}件{'增至' if f.of('new') >= f.before['new'] else '降至'}{f.of('new')}件，{grown(f.of('new'), f.before['new'])}。"
    ),
)
PROCEEDINGS: tuple[Words, ...] = (
    lambda f, r: f"全年因政府信息公开被申请行政复议{f.reviews}件、被提起行政诉讼{f.lawsuits}件。",
    lambda f, r: (
        f"发生政府信息公开行政复议{_n(f.reviews, '件', r)}，其中结果维持{f.proceedings[0]}件，结果纠正{f.proceedings[1]}件；行政诉讼{f.lawsuits}件。"
    ),
    lambda f, r: f"政府信息公开行政复议、行政诉讼共{f.reviews + f.lawsuits}件。",
    lambda f, r: (
        f"因政府信息公开引发行政复议{f.reviews}起，引发行政诉讼{f.lawsuits}起。"
        if f.reviews + f.lawsuits
        else "未发生因政府信息公开引起的行政复议、行政诉讼。"
    ),
)
DOCUMENTS: tuple[Words, ...] = (
    lambda f, r: (
        f"制发行政规范性文件{f.documents[0]}件，废止{f.documents[1]}件，现行有效{f.documents[2]}件。"
    ),
    lambda f, r: (
        f"全年制定行政规范性文件{_n(f.documents[0], '件', r)}，截至年底现行有效行政规范性文件{f.documents[2]}件。"
    ),
    lambda f, r: (
        f"严格落实公开属性源头认定，本年度制发行政规范性文件{f.documents[0]}件、废止行政规范性文件{f.documents[1]}件。"
    ),
    lambda f, r: (
        f"作出行政许可决定{f.decisions[0]}件、行政处罚决定{f.decisions[1]}件；出台行政规范性文件{f.documents[0]}件。"
    ),
)
PLATFORM: tuple[Words, ...] = (
    lambda f, r: (
        f"由专人负责“{f.account}”微博、“{f.account}”微信公众号两个政务新媒体账号，全年分别发布信息{f.weibo}条、{f.wechat}条。微博信息中原创{f.originals}条、转发{f.weibo - f.originals}条。"
    ),
    lambda f, r: (
        f"“{f.account}”微博全年发布信息{f.weibo}条，其中原创{f.originals}条，原创率{pct(f.originals, f.weibo)}；“{f.account}”微信公众号推送信息{f.wechat}条。"
    ),
    lambda f, r: (
        f"官方微博发布信息{f.weibo}条，比上年的{f.before['weibo']}条{grown(f.weibo, f.before['weibo'])}；微信公众号发布信息{f.wechat}条，比上年的{f.before['wechat']}条{grown(f.wechat, f.before['wechat'])}。"
    ),
    lambda f, r: (
        f"维护“{f.account}”微博、“{f.account}”微信公众号2个账号，依次发布信息{f.weibo}条、{f.wechat}条，合计{f.weibo + f.wechat}条。"
    ),
    lambda f, r: (
        f"“{f.account}”官方微博更新{f.weibo}条（原创{f.originals}条，转发{f.weibo - f.originals}条），官方微信更新{f.wechat}条。"
    ),
)
FOLLOWERS: tuple[Words, ...] = (
    lambda f, r: (
        f"微信公众号关注数由年初的{f.followers[0]}人增至年底的{f.followers[1]}人，增加{f.followers[1] - f.followers[0]}人，{grown(f.followers[1], f.followers[0])}。"
    ),
    lambda f, r: (
        f"截至年底，“{f.account}”微信公众号粉丝数达{f.followers[1]}人，较年初增加{f.followers[1] - f.followers[0]}人，{grown(f.followers[1], f.followers[0])}。"
    ),
    lambda f, r: (
        f"微信公众号订阅数从年初的{f.followers[0]}个提高到年末的{f.followers[1]}个，是年初的{Decimal(f.followers[1]) / f.followers[0]:.1f}倍。"
    ),
    lambda f, r: f"微信公众号订阅数为{f.followers[1]}个。",
)
GUARD: tuple[Words, ...] = (
    lambda f, r: "全年开展培训3次，参训60人次。",
    lambda f, r: "每季度对12个账号开展抽查，合格12个，合格率100%。",
    lambda f, r: "明确分管领导和专人负责，全年未发生责任追究情形。",
    lambda f, r: "组织业务培训2次，参训120人次，其中机关60人次，基层60人次。",
)
_DAY: Callable[[date], str] = lambda d: f"{d.month}月{d.day}日"
LAPSED: tuple[Words, ...] = (
    lambda f, r: (
        f"因账号交接不及时，“{f.account}”微博{_DAY(f.lapse[0])}至{_DAY(f.lapse[1])}超过两周未更新。此后年内未再次发生此类问题。"
    ),
    lambda f, r: (
        f"“{f.account}”微博在{f.year}年{f.lapse[0].month}月出现一次连续{f.longest - 1}天未更新的情况，已完成整改。"
    ),
    lambda f, r: (
        f"由于人员变动，“{f.account}”新浪微博{_DAY(f.lapse[0])}至{_DAY(f.lapse[1])}共{f.longest}天未更新。整改后未再出现类似情况。"
    ),
    lambda f, r: (
        f"“{f.account}”微博曾有半个多月没有发布信息。"
        if f.longest < 19
        else f"“{f.account}”微博{f.lapse[0].month}月起超过半个月没有更新。"
    ),
)
KEPT: tuple[Words, ...] = (
    lambda f, r: "解读形式比较单一，公开内容不够全面。",
    lambda f, r: "政务新媒体更新间隔均未超过14天，但原创内容偏少。",
    lambda f, r: "年内未发生超过两周不更新的情况，但互动还不够多。",
    lambda f, r: "政务公开队伍流动性大，业务能力有待加强。",
)
BETTER: tuple[Words, ...] = (
    lambda f, r: "下一步将加强业务培训，坚决避免超过两周不更新的情况。",
    lambda f, r: f"{f.year + 1}年，{f.we}将丰富解读形式，计划每周发布信息不少于3条，提升公开质量。",
    lambda f, r: "下一步将落实提醒制度，确保更新间隔不超过7天。",
)
FEES: tuple[Words, ...] = (
    lambda f, r: (
        f"本年度对2件政府信息公开申请收取信息处理费{f.fee}元。"
        if f.fee
        else "本年度未收取信息处理费。"
    ),
    lambda f, r: (
        f"依据《政府信息公开信息处理费管理办法》（国办函〔2020〕109号），{f.year}年收取信息处理费{f.fee}元。"
        if f.fee
        else f"按照《政府信息公开信息处理费管理办法》（国办函〔2020〕109号），{f.year}年发出收费通知0件，未收取信息处理费。"
    ),
    lambda f, r: (
        f"{f.year}年共收取信息处理费{f.fee}元，除此之外无其他需要报告的事项。"
        if f.fee
        else "除无信息处理费收取情况外，没有其他需要报告的事项。"
    ),
)
HARMLESS: dict[str, tuple[Words, ...]] = {
    "proactive": (
        lambda f, r: f"历年累计主动公开政府信息{f.disclosed * 9 + 37}条。",
        lambda f, r: (
            "通过公示栏、宣传册、“村村响”广播等多种方式公开各类信息932条，其中公示栏公开400条、宣传册532条。"
        ),
        lambda f, r: (
            "累计更新栏目信息1698条，其中：工作动态901条、通知公告251条、政策解读44条、人事信息45条、征集调查16期、其他类信息441条。"
        ),
        lambda f, r: "在国家级媒体报道7次，在省级媒体报道72次，在市级媒体报道207次。",
        lambda f, r: (
            "全年办件数量为919件，其中自然人555件，法人364件；承办建议57件，其中人大主办14件（议案7件，建议7件）。"
        ),
        lambda f, r: "发布政策解读稿件40篇，政策文件多样化解读率达到100%。",
        lambda f, r: f"上半年主动公开政府信息{f.disclosed // 3}条。",
        lambda f, r: "门户网站独立用户访问量45.7万个，网站总访问量112.3万次，较上年增长12.5%。",
        lambda f, r: "举办新闻发布会19场。其中，疫情防控专场11场。",
        lambda f, r: "全年编发公报24期，刊登文件112件，部门文件45件。",
        lambda f, r: "主动公开规章13件（含新制定5件，修改4件，废止4件）。",
        lambda f, r: "公开会议纪要摘要12期，图解信息15条，视频解读三十余条。",
    ),
    "requests": (
        lambda f, r: (
            "办理12345热线工单1925件，市长信箱来信31件，人民网留言8件，办结率100%，满意率92.31%。"
        ),
        lambda f, r: "指导各县（市、区）办理政府信息公开申请305件。",
        lambda f, r: "受理群众信访事项34件，办结34件，办结率100%。",
        lambda f, r: "所有申请均在法定期限内答复，按期答复率100%。",
        lambda f, r: "没有对申请人提出额外要求的情形，未出现逾期答复。",
        lambda f, r: (
            f"申请内容主要涉及征地拆迁、工资社保等，其中征地类{max(2, f.of('new') // 3)}件。"
        ),
        lambda f, r: (
            f"通过网络渠道接收{max(1, f.of('new') // 2)}件，当面和信函渠道接收{f.of('new') - max(1, f.of('new') // 2)}件。"
        ),
        lambda f, r: "承办人大代表建议、政协提案13件，全部按期办理并答复完毕。",
        lambda f, r: (
            f"{f.year - 1}年、{f.year}年分别收到政府信息公开申请{f.before['new']}件、{f.of('new')}件。"
        ),
    ),
    "documents": (
        lambda f, r: "对规范性文件开展专项清理，继续有效20件，失效2件、废止4件。",
        lambda f, r: "公开行政规范性文件2件的解读材料。",
        lambda f, r: "合法性审查规范性文件30件，备案审查12件。",
        lambda f, r: "公示行政许可信息210条，公示行政处罚信息33条。",
    ),
    "platform": (
        lambda f, r: f"“{f.place[:-1]}发布”微博发布信息9000条。",
        lambda f, r: f"“{f.account}”抖音号发布作品62条，今日头条号发布信息33条。",
        lambda f, r: (
            "对全市85个政务新媒体开展检查，合格84个，合格率98.82%，对超过两周未更新的账号要求限期整改。"
        ),
        lambda f, r: "政务新媒体阅读量达100余万次，点赞3.2万次，累计转发5000余次。",
        lambda f, r: "一季度微信公众号发布信息20条，二季度微信公众号发布信息31条。",
        lambda f, r: "收到评论和留言1833条，政民互动3845次。",
        lambda f, r: "严格执行政务新媒体每周至少更新一次的要求。",
        lambda f, r: "回复网民留言43条，平均办理时间3天，比上年缩短2天。",
    ),
    "guard": (
        lambda f, r: "检查网站70家次，主动公开率由上年的88.2%提高到90.2%，提高2个百分点。",
        lambda f, r: "群众满意度为96.5%，较上年提高1.3个百分点。",
        lambda f, r: f"对照《{f.year - 1}年政务公开工作要点》，完成{f.year - 1}年部署的任务12项。",
        lambda f, r: "建立“三审三校”制度，一件事一次办，一体推进。",
        lambda f, r: f"社会评议得分92分，在{f.place}排名第三。",
    ),
}
