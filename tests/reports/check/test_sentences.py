"""Single sentences, in real wordings: what is found in them, and what is left in peace."""

import pytest

from monitor.reports.check import as_json, check
from tests.reports.check.papers import quiet, received, seven

Found = tuple[str, str, str]


def found(sentence: str, year: int = 2025, **changes: object) -> list[Found]:
    """Return (rule, severity, expected) of a correct report that also says *sentence*."""
    paper = quiet(
        f"某局{year}年政府信息公开工作年度报告", year, "（一）主动公开。", sentence, **changes
    )
    return [
        (f["rule"], f["severity"], f["expected"]) for f in as_json(check(paper.document(), year))
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param(
            "关注数由年初的4877人提升至年底的7959人，增幅达40%。",
            ("growth", "error", "63.2%"),
            id="a share of the end value is no growth",
        ),
        pytest.param(
            "关注数从4877人增加到7959人，增加3082人，增长40%。",
            ("growth", "error", "63.2%"),
            id="the increase stands between",
        ),
        pytest.param(
            "关注数达到7959人，较年初增加3082人，增长38.7%。",
            ("growth", "error", "63.2%"),
            id="only the end and the increase are given",
        ),
        pytest.param(
            "订阅数由7959人增至4877人，增长63.2%。",
            ("growth", "error", "下降38.7%"),
            id="the numbers fall while the words rise",
        ),
        pytest.param(
            "收到信访22件，比2024年（31件）下降41%。",
            ("growth", "error", "29.0%"),
            id="a fall is a share of the year before",
        ),
        pytest.param(
            "2024年发布解读40条，2025年发布解读50条，增长20%。",
            ("growth", "error", "25.0%"),
            id="two years named one after the other",
        ),
        pytest.param(
            "对289个政务新媒体检查，发现9个政务新媒体不合格，总体合格率为99.96%。",
            ("rate", "error", "96.89%"),
            id="a pass rate from the failures",
        ),
        pytest.param(
            "共发布72篇稿件，其中原创48篇，原创率达68%。",
            ("rate", "error", "66.67%"),
            id="a share of originals",
        ),
        pytest.param(
            "主动公开信息853条，其中网站公开302条，利用其他形式公开651条。",
            ("parts", "error", "302 + 651 = 953 ≠ 853"),
            id="more in the parts than in the whole",
        ),
        pytest.param(
            "网站公开信息共计3437条，包括：人事12条，动态1740条，公告225条，解读共计110条，其他1827条。",
            ("parts", "error", "12 + 1740 + 225 + 110 + 1827 = 3914 ≠ 3437"),
            id="a list of what a number includes",
        ),
        pytest.param(
            "发布571篇，其中原创信息262篇，转载信息299篇。",
            ("parts", "error", "262 + 299 = 561 ≠ 571"),
            id="originals and reposts are everything",
        ),
        pytest.param(
            "全年承办建议14件（议案7件，建议8件）。",
            ("parts", "error", "7 + 8 = 15 ≠ 14"),
            id="a list in brackets",
        ),
        pytest.param(
            "发布消息500条，其中要闻100条、通知200条。",
            ("parts", "unsure", "100 + 200 = 300 ≠ 500"),
            id="a list that may be partial is only doubted",
        ),
        pytest.param(
            "“某局”微信公众号发布原创53篇，转发96篇，共计150篇。",
            ("total", "warning", "53 + 96 = 149 ≠ 150"),
            id="a total after its parts",
        ),
        pytest.param(
            "“某局”微博、“某局”微信公众号两个账号分别发布信息284248条。",
            ("respectively", "error", "284、248 (sum 532)"),
            id="two totals run together",
        ),
        pytest.param(
            "微博、微信公众号、抖音号依次发布信息284条、248条。",
            ("respectively", "error", "3 numbers"),
            id="two numbers for three accounts",
        ),
        pytest.param(
            "“某局”微信公众号发布信息284248条。",
            ("digit-run", "warning", "284248 (sum 284248)"),
            id="no account publishes that much",
        ),
        pytest.param(
            "“某局”微信公众号发布信息57条。全年累计发布微信公众号信息136条。",
            (
                "stated-twice",
                "warning",
                "「“某局”微信公众号发布信息57条」, as in section 一, paragraph 2",
            ),
            id="one account, two yearly totals",
        ),
        pytest.param(
            "全年主动公开政府信息313条。2025年主动公开政府信息331条。",
            (
                "stated-twice",
                "warning",
                "「全年主动公开政府信息313条」, as in section 一, paragraph 2",
            ),
            id="the number disclosed, twice",
        ),
        pytest.param(
            "全年收到政府信息公开申请3件。", ("text-table3", "error", "0"), id="requests received"
        ),
        pytest.param(
            "政府信息公开申请上年结转1件。", ("text-table3", "error", "0"), id="requests carried in"
        ),
        pytest.param(
            "政府信息公开申请结转下年度继续办理1件。",
            ("text-table3", "error", "0"),
            id="requests carried over",
        ),
        pytest.param(
            "因政府信息公开引发行政复议1件。", ("text-table4", "error", "0"), id="reviews"
        ),
        pytest.param(
            "因政府信息公开引发行政诉讼1件。", ("text-table4", "error", "0"), id="lawsuits"
        ),
        pytest.param(
            "政府信息公开行政复议和行政诉讼共3件。",
            ("text-table4", "error", "0"),
            id="both together",
        ),
        pytest.param(
            "全年制发行政规范性文件2件。", ("text-table2", "warning", "0"), id="documents made"
        ),
        pytest.param(
            "全年收取信息处理费400元。",
            ("fee", "error", "「全年收取信息处理费400元」"),
            id="a fee that section 六 denies",
        ),
        pytest.param(
            "2024年，我局通过网站发布信息120条。",
            ("year-body", "warning", "the year 2025"),
            id="a sentence left over from last year",
        ),
        pytest.param(
            "依据国办公开办函〔2019〕60号编制。",
            ("cited-form", "warning", "国办公开办函〔2021〕30号"),
            id="the trial form cited",
        ),
        pytest.param(
            "关注数由4877人增至7959人，是年初的1.4倍。",
            ("growth", "error", "1.6倍"),
            id="a multiple",
        ),
        pytest.param(
            "关注数由4877人增至7959人，翻了一番。", ("growth", "error", "1.6倍"), id="doubled"
        ),
        pytest.param(
            "关注数由4877人增至7959人，增长百分之四十。",
            ("growth", "error", "63.2%"),
            id="a percentage in words",
        ),
        pytest.param(
            "关注数由4877人增至7959人，增长四成。", ("growth", "error", "63.2%"), id="tenths"
        ),
        pytest.param(
            "关注数由4877人增至7959人，增长63.2个百分点。",
            ("growth", "error", "63.2%"),
            id="points of what is no rate",
        ),
        pytest.param(
            "公开率由90.2%提高到95.2%，提高4个百分点。",
            ("growth", "error", "5个百分点"),
            id="points between two rates",
        ),
        pytest.param(
            "关注数由4877人降至3877人，增长20.5%。",
            ("growth", "error", "下降20.5%"),
            id="the other direction",
        ),
        pytest.param(
            "主动公开信息9018条。其中，门户网站8062条，政务新媒体966条，其他10条。",
            ("parts", "error", "8062 + 966 + 10 = 9038 ≠ 9018"),
            id="a list in the sentence after its total",
        ),
        pytest.param(
            "发布信息845条，其中门户网站303条，政务新媒体532条。",
            ("parts", "warning", "303 + 532 = 835 ≠ 845"),
            id="a list that one digit puts right",
        ),
        pytest.param(
            "发布信息500条，其中要闻100条、通知200条、其他信息150条。",
            ("parts", "warning", "100 + 200 + 150 = 450 ≠ 500"),
            id="a list that names its rest is whole",
        ),
        pytest.param(
            "微博发布信息300条。微博信息中原创150条，原创率60%。",
            ("rate", "error", "50.0%"),
            id="a share of originals over two sentences",
        ),
        pytest.param(
            "政务新媒体发布信息条。",
            ("number-missing", "warning", "a number before its unit"),
            id="a number left out",
        ),
        pytest.param(
            "微信公众号推送信息××条。",
            ("number-missing", "warning", "a number before its unit"),
            id="a number to be filled in",
        ),
        pytest.param(
            "全年收取行政事业性收费12.5万元。", ("text-table2", "warning", "0"), id="charges"
        ),
        pytest.param(
            "作出行政许可决定二十件。", ("text-table2", "warning", "0"), id="permits in words"
        ),
        pytest.param(
            "根据《中华人民共和国政府信息公开条例》（国务院令第492号）编制。",
            ("cited-form", "warning", "国务院令第711号"),
            id="the regulations of 2007",
        ),
        pytest.param(
            "根据《政府信息公开信息处理费管理办法》（国办函〔2020〕190号）执行。",
            ("cited-form", "warning", "国办函〔2020〕109号"),
            id="the rules of the fee by another number",
        ),
        pytest.param(
            "统计期限自20251月1日起。",
            ("date-run-together", "error", "2025年1月1日"),
            id="year and month run together",
        ),
        pytest.param(
            "2025年06月05日召开会议。",
            ("date-form", "warning", "2025年6月5日"),
            id="leading zeros",
        ),
        pytest.param(
            "2月30日召开会议。",
            ("date-impossible", "error", "a day of the calendar"),
            id="a day that does not exist",
        ),
    ],
)
def test_it_is_found(sentence: str, expected: Found) -> None:
    assert found(sentence) == [expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "办理政府信息查询80件，较上年的76件增长5.26%。",
        "粉丝数从2024年底的1.2万人增长到1.5万人，增长25%。",
        "粉丝由约4900人增至近8000人，增长约六成。",
        "关注数由4877人提升至7959人，增幅达63%。",
        "关注数由4877人提升至7959人，增幅超过60%。",
        "2025年较2024年新增32条，同比增长8.2%。",
        "微博、微信公众号分别发布信息284条、248条，较上年分别增长12%和3%。",
        "“某局”微博、“某局”微信公众号分别发布信息284条（其中原创200条）、248条。",
        "我局官方微博、微信公众号关注人数分别为21884人、128170人。",
        "微博和微信公众号分别由2个科室负责。",
        "微博、微信公众号分别于3月、5月完成改版。",
        "共受理查询12件（含上年2件），其中予以答复8件，部分答复1件，不予答复1件，无法提供2件。",
        "主动公开信息659条，其中官网306条，公众号223条，通过短信、报刊等发布信息130条。",
        "召开会议3次，发布信息56条、解读12条，累计阅读149万次。",
        "全年主动公开政府信息9018条。其中，门户网站发布信息8052条，政务新媒体发布信息966条。",
        "开设95项服务，88项可全程在线办理。",
        "组织培训2次，参训120人次，其中区级60人次，镇街60人次。",
        "每季度检查70家网站，主动公开率达90.2%。",
        "从评价结果看，差评数占评价量总数的0.34%，好评数占评价总数99.58%。",
        "在门户网站公开2024年度部门决算和2025年度部门预算。",
        "根据《2024年政务公开工作要点》，完成2024年部署的任务12项。",
        "截至2025年底，“某局”微信公众号用户已突破550万。",
        "受理热线97件，接听值班热线累计3000余人次，满意率为92.31%。",
        "一季度微信公众号发布信息20条，二季度微信公众号发布信息31条。",
        "行政复议案件办理情况另行公布，全年办理行政复议案件12件。",
        "2026年，我局将继续做好公开工作，计划发布信息200条。",
        "办公地址：园林大道999号，电话：0412-5570186，邮编：114000。",
        "公开行政规范性文件2件的解读材料。",
        "全年编发公报24期，刊登文件112件，部门文件45件。",
        "主动公开规章13件（含新制定5件，修改4件，废止4件），行政规范性文件42件。",
        "举办191场发布活动，发布权威信息。其中，疫情防控发布会151场。",
        "新开设甲专题、乙专栏，分别发布相关信息130余条、100余条。",
        "公开信息2017条，通过微信公众号、今日头条等新媒体公开信息1039条。",
        "主动公开信息1.17万条，通过网站公开信息3820条，发布2200条微博，原创采编48条。",
        "政策解读率达到100%、非政府网站发布解读总量的70%以上。",
        "政务新媒体每周至少更新2次，未更新的及时提醒。",
        "全年新增主动公开政府信息845条，历年累计主动公开政府信息9174条。",
        "通过“某局”公众号、公示栏、宣传册等多种方式公开各类信息932条，微信公众号发布信息30条。",
        "通过网站发布信息300条，其中公告9条，动态44条；微信公众号发布信息376条。",
        "累计公开信息2698条，其中：动态1201条、公告251条、解读44条、人事45条、征集16期、其他1141条。",
        "发布信息200余条，其中公告130条、动态62条，其他10余条。",
        "作出行政许可0件，公示行政许可信息210条。",
        "一件事一次办，三审三校，网上办事一体推进。",
        "公开率由上年的88.2%提高到90.2%，提高2个百分点。",
        "关注数由4877人增至7959人，增长六成。",
        "粉丝由3000人增至6100人，翻了一番。",
    ],
)
def test_it_is_left_in_peace(sentence: str) -> None:
    assert found(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "2025年，共收到有效政府信息公开申请31件，办结31件。",
        "收到政府信息公开申请31件，其中通过网络平台接收27件，信函渠道4件。",
        "本单位接到依申请公开方面的诉求31件，均依法答复，答复率100%。",
        "办理政府信息公开申请31件，比上年的25件增加6件。",
        "收到各区转来的热线工单500件。",
        "共收到31份政府信息公开申请，均为自然人申请。",
        "全年共收到和办理依申请公开31件，其中自然人申请件20件，法人或其他组织申请件11件。",
        "未发生因政府信息公开申请行政复议、提起行政诉讼情况。",
        "政府信息公开行政复议0件、行政诉讼0件。",
        "自然人提出政府信息公开申请20件，企业提出政府信息公开申请11件。",
    ],
)
def test_requests_that_agree_with_table_three_are_left_in_peace(sentence: str) -> None:
    row = received(31) | {"new": seven(20, 11, 0, 0, 0, 0)}
    row |= {"granted": row["new"], "total": row["new"]}
    assert found(sentence, requests=row) == []


# Sentences of published reports in other names and figures; the tables beside them agree.
TOLD_OTHERWISE = [
    pytest.param(
        "新收到政府信息公开申请8件，上年结转2件，共计10件。目前依法办结9件，其中予以公开的5件，部分公开的1件，"
        "其他处理的1件。下年度继续办理1件。本年度无行政复议、行政诉讼情况事项。",
        id="the year after next stands first",
    ),
    pytest.param(
        "全年收政府信息公开申请8件，结转上年度政府信息公开申请2件，本年度办结9件，剩余1件结转下年度办理。",
        id="what is left over",
    ),
    pytest.param(
        "共收到依申请公开办理事项8件，其中，7件均严格按时限依法依规答复，1件结转下年办理。",
        id="some of them in time",
    ),
    pytest.param(
        "依申请公开：共收到政府信息依申请公开件8件，上年结转2件，除1件结转2026年继续办理，其他9件均按要求答复。",
        id="all but one",
    ),
    pytest.param(
        "本年度受理依申请政府信息公开事项8件，其中5件为申请公开招生录取相关信息；1件结转下年答复。",
        id="what they asked for",
    ),
    pytest.param(
        "收到政府信息公开申请8件（其中：网上申请6件，现场申请0件，邮寄2件），上年度结转2件，本年度办结9件。"
        "无涉及政府信息公开行政复议、诉讼案件。",
        id="ways in brackets",
    ),
    pytest.param(
        "全年受理政府信息公开申请8件，办理完成9件，余1件转2026年度办理。",
        id="turned over to a year",
    ),
    pytest.param(
        "全县共受理依申请公开8件，予以公开及部分公开的有6件，占60%；无法提供的有2件，占20%；"
        "申请内容主要涉及财政、农业、交通、水利等方面。",
        id="two results together",
    ),
    pytest.param(
        "结转上年度继续办理2件，收到本年度依申请公开事项8件。", id="carried over before received"
    ),
    pytest.param(
        "全年共收到和办理依申请公开8件，上年度结转政府信息公开申请2件。处理结果中，部分公开1件，"
        "因信息不存在的2件，结转至下一年度办理1件。",
        id="what does not exist",
    ),
    pytest.param(
        "通过线上、信函等渠道收到依申请公开信息7件，已全部按期限答复办结。",
        id="by some of the ways",
    ),
    pytest.param("指导各县（市、区）办理政府信息公开申请305件。", id="other people's applications"),
    pytest.param("依申请公开方面，受理群众信访事项34件，办结34件，办结率100%。", id="petitions"),
    pytest.param(
        "依申请公开方面，没有对申请人提出额外要求，未出现逾期答复。", id="none of something else"
    ),
    pytest.param(
        "制作、获取的政府信息64条，主动公开政府信息16条，依申请公开文件12条、不予公开文件36条。",
        id="the kind of what is held",
    ),
    pytest.param("2024年、2025年分别收到政府信息公开申请7件、8件。", id="two years side by side"),
    pytest.param(
        "受理区12345热线平台交办案件322件，全年共处理来访来件11件。处理依申请公开8件。",
        id="hotlines",
    ),
]
OF_TEN = {
    "new": seven(7, 1, 0, 0, 0, 0),
    "carried_in": seven(2, 0, 0, 0, 0, 0),
    "granted": seven(4, 1, 0, 0, 0, 0),
    "partly": seven(1, 0, 0, 0, 0, 0),
    "not_held": seven(2, 0, 0, 0, 0, 0),
    "other": seven(1, 0, 0, 0, 0, 0),
    "total": seven(8, 1, 0, 0, 0, 0),
    "carried_out": seven(1, 0, 0, 0, 0, 0),
}


@pytest.mark.parametrize("sentence", TOLD_OTHERWISE)
def test_what_table_three_says_may_be_told_in_many_ways(sentence: str) -> None:
    assert found(f"（二）依申请公开。{sentence}", requests=OF_TEN) == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("新收政府信息公开申请九件。", "8"),
        ("新收政府信息公开申请8件，结转上年度申请3件。", "2"),
        ("本年度办结8件，其余1件结转2026年办理。", "9"),
        ("本年度办结9件，剩余2件结转下年度办理。", "1"),
        ("办理结果中，予以公开6件。", "5"),
        ("办理结果中，不予公开1件。", "0"),
        ("办理结果中，无法提供3件。", "2"),
        ("办理结果中，其他处理2件。", "1"),
        ("新收申请中，自然人6件，法人或其他组织1件。", "7"),
        ("新收申请中，自然人7件，法人或其他组织2件。", "1"),
        ("本年度未收到政府信息公开申请。", "8"),
        ("申请数量比上年的6件下降33.3%。", "增长33.3%"),
        ("申请数量比上年的6件增长40.0%。", "33.3%"),
        ("办结率95%。", "90.0%"),
    ],
)
def test_what_the_tables_decide_is_told_with_its_value(sentence: str, expected: str) -> None:
    told = found(f"（二）依申请公开。{sentence}", requests=OF_TEN)
    assert [value for _, _, value in told] == [expected]
