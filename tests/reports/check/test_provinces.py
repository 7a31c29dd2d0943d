"""Reports as offices of many provinces word them: correct ones are left in peace, slips are found.

The shapes of the sentences are those of published reports; names and figures are invented.
"""

import re

import pytest

from monitor.reports.check import Figures, as_json, check
from tests.reports.check.papers import Paper, quiet, received, seven

NONE = seven(0, 0, 0, 0, 0, 0)


def asked(
    new: tuple[str, ...],
    carried_in: tuple[str, ...] = NONE,
    carried_out: tuple[str, ...] = NONE,
    **results: tuple[str, ...],
) -> dict[str, tuple[str, ...]]:
    """Return a table 三 with these *results*, and their total."""
    total = seven(*(sum(int(row[n]) for row in results.values()) for n in range(6)))
    given = {"new": new, "carried_in": carried_in, "carried_out": carried_out}
    return {**given, **results, "total": total}


SHAPES: dict[str, Paper] = {
    "a town, in seven parts, with a number that is more or less": quiet(
        "白沙镇人民政府2025年政府信息公开工作年度报告",
        2025,
        "（一）组织领导。我镇高度重视政府信息公开工作，进一步明晰各方职责分工。",
        "（二）主动公开。全年累计主动公开政府信息140余条，确保信息发布及时、准确、全面。",
        "（三）依申请公开。全年共收到政府信息公开申请16件，均在法定时限内完成答复，答复率100%，切实回应公众合理信息需求。",
        "（六）教育培训。积极参加上级部门的各类专题培训。",
        "（七）监督保障。完善三级审核制度。",
        requests=received(16),
    ),
    "applications in 件次, and staff": quiet(
        "云岭县石桥镇人民政府2025年政府信息公开工作年度报告",
        2025,
        "成立政府信息公开工作小组，配备组长1名、专职工作人员2名。",
        "（一）主动公开提质增效。由镇长牵头统筹全镇信息公开工作。",
        "（二）依申请公开规范有序。2025年共收到政府信息公开申请0件次。",
    ),
    "a number of items published, in a noun": quiet(
        "北川镇人民政府2025年政府信息公开工作年度报告",
        2025,
        "通过政府网站、政务新媒体等平台发布的信息数量307条，其中利用本镇微信公众号“实干北川”发布信息数量146条。",
        "全年未收到公民、法人和其他组织政府信息公开申请。",
    ),
    "letters in a mailbox, and what the one application was of": quiet(
        "田园镇人民政府2025年政府信息公开工作年度报告",
        2025,
        "全年在县政府网站上更新镇政府网站信息，发布社会救助、养老服务、安全生产等各类信息137条；领导信箱办理4件，办结率100%；在微信公众号“田园新风”发布各类信息408条，年点击率达10.8万次。",
        "2025年度我镇受理政府信息公开申请1件，申请内容为2009年土地征收补偿方案，已按程序答复。",
        requests=received(1),
    ),
    "the share of each channel": quiet(
        "太和镇2025年度政府信息公开工作年度报告",
        2025,
        "2025年，我镇主动公开政府信息328条，公开渠道涵盖微信公众号、政务公开栏等。其中，政府门户网站公开184条，占比56.1%；微信公众号公开144条，占比43.9%。",
    ),
    "parts that are not all": quiet(
        "朱溪镇2025年政府信息公开工作年度报告",
        2025,
        "（一）主动公开。通过政府信息公开平台精准推送各类政务信息257条，累计浏览量达39418次。其中，累计更新财政资金信息46条，及时公开部门预决算等情况；公共资源交易信息38条，涵盖工程招投标等内容；社会救助信息65条，公示低保、特困供养等政策。",
        "（二）依申请公开。2025年，我镇未收到政府信息公开申请件，未因政府信息公开被提起行政复议、行政诉讼。",
    ),
    "applications of citizens, bodies and organisations, and one more than last year": quiet(
        "太平镇人民政府2024年政府信息公开工作年度报告",
        2024,
        "2024年度，通过网站主动公开政府信息共49条，其中工作动态36条，通知公告9条，政府采购1条，财政预决算2条，信息公开年报1条。",
        "2024年度，我镇共收到来自公民、法人或者其他组织对依申请公开政府信息的申请2件，比去年增加1件，专人处理，依法公开，均按时完成答复。全年未收到因依申请公开答复而引起的行政复议和诉讼。",
        requests=received(2),
    ),
    "a district, with what its site holds by class": quiet(
        "临河区人民政府2024年政府信息公开工作年度报告",
        2024,
        "1.信息发布情况。区政府门户网站共发布信息18440条，其中：概况类70条、政务动态类8043条、信息公开目录类10327条；共维护13个专栏，其中新开2个；共发布政策解读25篇，解读形式包含文字解读、图片解读、动漫解读、新闻发布会解读、负责人解读、在线访谈解读等6种形式。制定发布规范性文件4件，清理废止文件0件，现行有效文件20件。“临河发布”发布信息459条。",
        "2.年度报告公开情况。1月31日前公开了区直各部门及乡镇街道的年度报告；2月20日前公开了区本级的年度报告。",
        "3.网民互动情况。收到248条网民留言（注：因平台整合该数据来自12345热线），办结留言230条，公开答复4条，答复结果可网上查询。",
        "（二）依申请公开情况。2024年，全区受理依申请公开件104件，办结104件，其中予以公开71件、部分公开5件、不予公开28件。",
        disclosed=("4", "0", "20", "0", "0", "0", "0"),
        requests=asked(
            seven(100, 4, 0, 0, 0, 0),
            granted=seven(70, 1, 0, 0, 0, 0),
            partly=seven(5, 0, 0, 0, 0, 0),
            internal=seven(25, 3, 0, 0, 0, 0),
        ),
        signature=("临河区人民政府", "2025年3月20日"),
    ),
    "updates of a site that do not add up to its posts": quiet(
        "金谷市2024年政府信息公开工作年度报告",
        2024,
        "（一）主动公开方面。2024年，通过政府门户网站共发布政务信息21815条，概况类信息更新量47条，政务动态信息更新量10078条，信息公开目录信息更新量696条。依托“解读专栏”，共发布政策解读稿件40次。通过“互动交流”栏目，有效解答网民留言1779条；开展在线访谈23场次。",
        signature=("金谷市人民政府办公室", "2025年3月20日"),
    ),
    "regulations made, changed and repealed, in brackets": quiet(
        "东湖市2022年政府信息公开工作年度报告",
        2022,
        "（一）主动公开方面。2022年，在市人民政府网站、《东湖市人民政府公报》主动公开市政府规章14件（含新制定6件，修改4件，废止4件），主动公开行政规范性文件42件，人事任免文件106件，其他文件113件。全年共举办191场市政府新闻发布活动，市政府领导出席新闻发布会共计25人次，其中，疫情防控新闻发布会累计举行151场。",
        signature=("东湖市人民政府", "2023年3月20日"),
        opening=("本年度报告中所列数据统计期限为2022年1月1日至12月31日。",),
    ),
    "proposals of delegates, and applications handled well": quiet(
        "青石市农业农村局2024年政府信息公开工作年度报告",
        2024,
        "2024年我局在政府信息公开基础平台公开文件38件。集中办理答复并主动公开人大政协建议提案22件。",
        "本年度共收到并妥善处理依申请公开信息13件。",
        requests=received(13),
    ),
    "a fall, with last year's number behind it": quiet(
        "长汀市自然资源局2024年政府信息公开工作年度报告",
        2024,
        "全年新收政府信息公开申请57件，同比下降12.3%（去年65件）。已办结55件，2件结转下年度继续办理。申请较为集中的事项为：土地征收类12件、占21.05%，规划许可类9件、占15.79%。",
        requests=asked(
            seven(50, 7, 0, 0, 0, 0),
            carried_out=seven(2, 0, 0, 0, 0, 0),
            granted=seven(40, 7, 0, 0, 0, 0),
            not_held=seven(8, 0, 0, 0, 0, 0),
        ),
    ),
    "applications with those of last year among them": quiet(
        "石桥县民政局2024年政府信息公开工作年度报告",
        2024,
        "全年办理政府信息公开申请48件（含上年结转3件），按期答复率100%。答复中，予以公开20件，部分公开8件，无法提供15件，不予处理5件。未出现因逾期答复被投诉情形。",
        requests=asked(
            seven(45, 0, 0, 0, 0, 0),
            carried_in=seven(3, 0, 0, 0, 0, 0),
            granted=seven(20, 0, 0, 0, 0, 0),
            partly=seven(8, 0, 0, 0, 0, 0),
            not_held=seven(15, 0, 0, 0, 0, 0),
            repeated=seven(5, 0, 0, 0, 0, 0),
        ),
    ),
    "issues and articles of one account": quiet(
        "南屏区民政局2024年政府信息公开工作年度报告",
        2024,
        "“南屏民政”微信公众号全年推送图文消息212期486篇，累计阅读量31.6万次，粉丝总数1.2万，较年初净增1800余人。",
    ),
    "items in 条次 over three channels": quiet(
        "云岭县水务局2024年政府信息公开工作年度报告",
        2024,
        "依托“两微一端”累计推送信息1024条次，其中微博300条次，微信624条次，客户端100条次。通过《云岭日报》等媒体刊发稿件35篇次。",
    ),
    "the four quarters": quiet(
        "白沙市统计局2024年政府信息公开工作年度报告",
        2024,
        "全年主动公开政府信息404条，其中一季度101条、二季度98条、三季度110条、四季度95条。",
    ),
    "all years, and this one among them": quiet(
        "北川州教育局2024年政府信息公开工作年度报告",
        2024,
        "截至2024年底，我局累计主动公开政府信息4218条，其中2024年度新增314条，全文电子化率达100%。在主动公开的信息中，机构职能类信息5条，占年度总数的1.6%；业务工作类信息296条，占94.3%；其他13条，占4.1%。",
    ),
    "two mailboxes with one rate": quiet(
        "青石市司法局2024年政府信息公开工作年度报告",
        2024,
        "办理市长信箱来信23件、问政平台留言12条，办结率均为100%，群众满意率98.6%。全年依申请公开受理4件，已答复4件，其中3件为邮寄申请，1件为网络申请。",
        requests=received(4),
    ),
    "ways in which applications came, and who made them": quiet(
        "东湖市公安局2025年政府信息公开工作年度报告",
        2025,
        "2025年收到政府信息公开申请66件，其中当面申请5件、邮寄申请20件、互联网申请41件。自然人申请58件，占比87.9%；商业企业7件，占比10.6%；其他1件，占比1.5%。较2024年的60件增加6件，增长10%。",
        requests=asked(
            seven(58, 7, 0, 0, 0, 1),
            granted=seven(50, 7, 0, 0, 0, 1),
            petition=seven(8, 0, 0, 0, 0, 0),
        ),
    ),
    "outcomes of proceedings": quiet(
        "金谷市住房和城乡建设局2025年政府信息公开工作年度报告",
        2025,
        "因政府信息公开被申请行政复议3件，其中维持2件，尚未审结1件；被提起行政诉讼1件，为未经复议直接起诉，法院判决维持。",
        proceedings=("2", "0", "0", "1", "3", "1", "0", "0", "0", "1", "0", "0", "0", "0", "0"),
    ),
    "a doubling, and a share in tenths": quiet(
        "长汀旗应急管理局2025年政府信息公开工作年度报告",
        2025,
        "全年发布信息612条，较2024年306条翻了一番；其中安全生产类占三成以上，共201条。开展“政府开放日”活动2次，邀请群众代表40余人次参加。",
    ),
    "days on which an account published": quiet(
        "临河区卫生健康委员会2025年政府信息公开工作年度报告",
        2025,
        "“临河健康”微信公众号每个工作日更新，全年更新248天，发布信息733条；“健康临河”抖音号发布短视频86条，单条最高播放量12.5万次；全年政务新媒体无“僵尸”“睡眠”账号。",
    ),
    "meetings, training and problems put right": quiet(
        "石桥县审计局2025年政府信息公开工作年度报告",
        2025,
        "召开专题会议4次，组织培训2期、覆盖58人次；开展自查4次，发现并整改问题7个，整改率100%。全年公开审计结果公告6份，涉及项目11个。",
    ),
}


# In which report, which number became which, and the rule that says so with what is right.
SLIPS = [
    ("applications in 件次, and staff", "申请0件次", "申请7件次", "text-table3", "0"),
    ("the share of each channel", "占比56.1%", "占比58.1%", "rate", "56.10%"),
    (
        "applications of citizens, bodies and organisations, and one more than last year",
        "申请2件",
        "申请9件",
        "text-table3",
        "2",
    ),
    (
        "a district, with what its site holds by class",
        "不予公开28件",
        "不予公开35件",
        "text-table3",
        "28",
    ),
    ("a fall, with last year's number behind it", "下降12.3%", "下降14.0%", "growth", "12.3%"),
    (
        "applications with those of last year among them",
        "予以公开20件",
        "予以公开27件",
        "text-table3",
        "20",
    ),
    ("items in 条次 over three channels", "微博300条次", "微博390条次", "parts", "1024"),
    ("the four quarters", "三季度110条", "三季度101条", "parts", "404"),
    ("two mailboxes with one rate", "满意率98.6%", "满意率198.6%", "rate", "100% at most"),
    (
        "ways in which applications came, and who made them",
        "增加6件，增长10%",
        "增加6件，增长12%",
        "growth",
        "10.0%",
    ),
    (
        "ways in which applications came, and who made them",
        "自然人申请58件",
        "自然人申请57件",
        "text-table3",
        "58",
    ),
    ("outcomes of proceedings", "其中维持2件", "其中维持1件", "text-table4", "2"),
]


def findings(paper: Paper) -> list[dict[str, str]]:
    year = re.search(r"20\d\d", paper.title)
    assert year
    return as_json(check(paper.document(), int(year[0]), Figures(int(year[0]))))


@pytest.mark.parametrize("paper", SHAPES.values(), ids=SHAPES)
def test_a_correct_report_of_any_province_is_left_in_peace(paper: Paper) -> None:
    assert [one for one in findings(paper) if one["severity"] != "unsure"] == []


@pytest.mark.parametrize(("shape", "right", "wrong", "rule", "expected"), SLIPS)
def test_a_slip_in_it_is_found(
    shape: str, right: str, wrong: str, rule: str, expected: str
) -> None:
    found = findings(SHAPES[shape].saying(right, wrong))
    assert [one["expected"] for one in found if one["rule"] == rule][:1], found
    assert any(expected in one["expected"] for one in found if one["rule"] == rule), found
