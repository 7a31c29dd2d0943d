"""What the sample gateway shows: invented posts of a bureau's two accounts, the same every time.

Everything follows from the dates and a fixed seed, so a post keeps its key over restarts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from alerts.common.local_time import local_instant
from monitor.model import PostKind

WEIBO = "weibo/user/1935396210"
WECHAT = "MP_WXS_3071234567"
NAME = "鞍山民政"
INTRO = "鞍山市民政局官方账号：民政为民，民政爱民"
ZONE = ZoneInfo("Asia/Shanghai")

SILENT_DAYS = 12  # how long the sample's Weibo account has been quiet
SYNCS = (time(5, 35), time(17, 35))  # when WeWe RSS collects by default, local time
LATELY = timedelta(hours=20)  # every sync of the sample's WeChat account finds a younger push
BACK = timedelta(days=60)
AHEAD = timedelta(days=400)  # so that a service left running keeps seeing new articles
SLOTS = (time(8, 20), time(17, 20))

WEIBO_2024, ARTICLES_2024 = 284, 248
LAPSE_FROM, LAPSE_TO = date(2024, 2, 2), date(2024, 2, 19)
MOST_A_DAY = 6  # in one working day: well within a window of ten posts
MOST_A_PUSH = 8  # WeChat's own limit

TOPICS = (
    "#养老服务# 全市新增{n}处社区老年食堂，凭证就餐可享优惠",
    "#养老服务# 今年计划为{n}户特殊困难老年人家庭做适老化改造，申请方式看图",
    "#婚姻登记# 本周婚姻登记处办理时间安排，请提前预约",
    "#社会救助# 低保、特困供养申请指南：需要哪些材料，多久办结",
    "#社会救助# {m}月城乡低保金已全部发放到位，惠及困难群众{n}00余人",
    "#儿童福利# 困境儿童保障政策一图读懂",
    "#儿童福利# 市儿童福利院开展“爱心妈妈”结对活动，{n}名志愿者参加",
    "#慈善# 市慈善总会公布{m}月份捐赠款物接收使用情况",
    "#社会组织# {n}家社会组织通过年度检查，名单见市局网站",
    "#地名故事# 千山脚下的老街巷：名字里藏着的鞍钢记忆",
    "#流浪救助# 寒来暑往，救助不停：发现街头流浪人员请拨打救助热线",
    "#殡葬服务# 文明祭扫、绿色祭扫倡议书",
    "#民政动态# 市民政局到铁东区调研居家养老服务中心建设",
    "#民政动态# 市民政局召开安全生产工作会议，部署养老机构消防检查",
    "#民政动态# 局领导带队走访慰问困难家庭{n}户",
    "#志愿服务# 铁西区“银龄互助”服务队本月上门服务{n}0余次",
    "#防范养老诈骗# 这些“免费旅游”“高息理财”不要信",
    "#政策解读# 经济困难失能老年人集中照护救助怎么申请",
    "#残疾人福利# 两项补贴可跨省申领、全程网办",
    "#社区治理# 海城市{n}个村完成村规民约修订",
)
REPOSTS = (
    "转发微博 - 转发 @民政部: 民政部部署做好困难群众基本生活保障工作",
    "了解一下 - 转发 @辽宁民政: 全省养老服务“一张网”{m}月上线运行",
    "转发微博 - 转发 @鞍山发布: 未来三天有降温，请注意保暖防滑",
    "扩散 - 转发 @中国社会报: 孤儿助学工程申请指南",
    "请互相转告 - 转发 @平安鞍山: 警惕冒充民政工作人员上门收费",
)
ARTICLES = (
    "市民政局召开{m}月份重点工作调度会",
    "低保政策问答：家庭收入怎么核算",
    "家门口的老年食堂，今天吃什么",
    "婚姻登记“全省通办”，你想知道的都在这里",
    "特殊困难老年人探访关爱服务怎么做",
    "困难群众临时救助，三种情形可以申请",
    "市社会福利院开展消防应急演练",
    "慈善项目公示：{m}月捐赠款物使用情况",
    "社会组织负责人必读：这些行为不可为",
    "儿童主任的一天",
    "高龄津贴资格确认，不用跑腿也能办",
    "流浪乞讨人员救助：请您留意身边的他们",
    "地名里的鞍山：二一九公园",
    "养老机构等级评定结果公示",
    "两项补贴标准调整，{n}00余人受益",
    "防范养老领域非法集资，记住四句话",
    "岫岩县：农村互助幸福院的新变化",
    "公开招聘养老护理员{n}名",
    "一图读懂：未成年人保护热线",
    "海葬、树葬、花葬怎么预约",
)


@dataclass(frozen=True, slots=True)
class ScriptedPost:
    """One invented post, shown from *published_at* on. *push* groups a mass-send's articles."""

    published_at: datetime
    title: str
    kind: PostKind
    push: str | None = None


Script = Mapping[str, Sequence[ScriptedPost]]


def sample_script(anchor: datetime, now: datetime) -> Script:
    """Return what the two sample accounts show: Weibo silent for twelve local calendar days at
    *anchor*, WeChat with a push within the twenty hours before the last sync at *now*.

    The same *anchor* gives the same posts on any later day.
    """
    return {
        WEIBO: list(_silent_weibo(anchor)),
        WECHAT: sorted(_busy_wechat(anchor, last_sync(now)), key=lambda post: post.published_at),
    }


def last_sync(now: datetime) -> datetime:
    """Return when the sample's WeWe RSS last collected: what came later it does not show yet."""
    return _last_of(SYNCS, now)


def year_2024_script() -> Script:
    """Return the year in which nobody posted on Weibo from 2 to 19 February 2024: 284 posts on
    Weibo and 248 articles on WeChat, after a few of late December 2023."""
    rng = Random(2024)
    december = [_weibo(rng, date(2023, 12, day), 1) for day in (25, 27, 29)]
    weibo = [post for posts in december for post in posts]
    for day, count in _weibo_days(rng).items():
        weibo += _weibo(rng, day, count)
    wechat = [
        *_push(rng, _at(date(2023, 12, 26), time(16)), 2),
        *_push(rng, _at(date(2023, 12, 28), time(16)), 1),
    ]
    for day, count in _push_days(rng).items():
        wechat += _push(rng, _at(day, time(rng.randint(9, 16), rng.randint(0, 59))), count)
    return {WEIBO: weibo, WECHAT: wechat}


def _silent_weibo(anchor: datetime) -> Iterator[ScriptedPost]:
    day = anchor.astimezone(ZONE).date() - timedelta(days=SILENT_DAYS)
    at, rng = time(10, 5), Random(f"weibo {day}")
    posts = []
    for _ in range(40):
        posts.append(_weibo_post(rng, _at(day, at)))
        day -= timedelta(days=rng.randint(1, 3))
        at = time(rng.randint(9, 16), rng.randint(0, 59))
    yield from reversed(posts)


def _busy_wechat(anchor: datetime, now: datetime) -> Iterator[ScriptedPost]:
    first = (min(anchor, now) - BACK).astimezone(ZONE).date()
    days = (max(anchor, now) + AHEAD).astimezone(ZONE).date() - first
    lately = False
    for day in (first + timedelta(days=n) for n in range(days.days)):
        for post in _working_day(day):
            lately = lately or now - LATELY < post.published_at <= now
            yield post
    if not lately:
        # After a weekend or a day off: the last morning or evening that has passed.
        slot = _last_of(SLOTS, now)
        yield from _push(Random(f"extra {slot}"), slot, 1)


def _working_day(day: date) -> list[ScriptedPost]:
    rng = Random(f"wechat {day}")
    if day.weekday() >= 5 or rng.random() < 0.1:
        return []
    at = _at(day, time(rng.randint(9, 16), rng.randint(0, 59), rng.randint(0, 59)))
    return _push(rng, at, rng.choice((1, 2, 2, 3, 4, 5)))


def _last_of(times: Sequence[time], now: datetime) -> datetime:
    today = now.astimezone(ZONE).date()
    moments = (_at(day, at) for day in (today - timedelta(days=1), today) for at in times)
    return max(at for at in moments if at <= now)


def _weibo_days(rng: Random) -> dict[date, int]:
    """How many posts each day of 2024 has: the days first, then the rest spread over them."""
    days = {LAPSE_FROM: 1, LAPSE_TO: 1}
    day = date(2024, 1, 2)
    while day.year == 2024:
        if not LAPSE_FROM < day < LAPSE_TO:
            days[day] = 1
        day += timedelta(days=rng.choice((1, 1, 2, 2, 3)))
    days[date(2024, 12, 31)] = 1
    return _filled(rng, days, WEIBO_2024, MOST_A_DAY)


def _push_days(rng: Random) -> dict[date, int]:
    """How many articles each push of 2024 has. WeChat, unlike Weibo, kept going in February."""
    days = {date(2024, 2, 9): 1, date(2024, 2, 13): 1, date(2024, 2, 18): 1}
    day = date(2024, 1, 2)
    while day.year == 2024:
        day += timedelta(days=7 - day.weekday() if day.weekday() >= 5 else 0)
        if not date(2024, 2, 10) <= day <= date(2024, 2, 17):
            days[day] = 1
        day += timedelta(days=rng.choice((2, 3, 4)))
    return _filled(rng, days, ARTICLES_2024, MOST_A_PUSH)


def _filled(rng: Random, days: dict[date, int], total: int, most: int) -> dict[date, int]:
    """*days* in order, raised to *total* in all; who has much gets more, up to *most*."""
    for _ in range(total - sum(days.values())):
        open_days = sorted(day for day, count in days.items() if count < most)
        [day] = rng.choices(open_days, weights=[days[d] ** 2 for d in open_days])
        days[day] += 1
    return dict(sorted(days.items()))


def _weibo(rng: Random, day: date, count: int) -> list[ScriptedPost]:
    minutes = sorted(rng.sample(range(9 * 60, 17 * 60), count))
    return [_weibo_post(rng, _at(day, time(m // 60, m % 60, rng.randint(0, 59)))) for m in minutes]


def _weibo_post(rng: Random, at: datetime) -> ScriptedPost:
    if rng.random() < 0.2:
        return ScriptedPost(at, _worded(rng, rng.choice(REPOSTS), at), PostKind.REPOST)
    return ScriptedPost(at, _worded(rng, rng.choice(TOPICS), at), PostKind.ORIGINAL)


def _push(rng: Random, at: datetime, count: int) -> list[ScriptedPost]:
    push = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    titles = [_worded(rng, title, at) for title in rng.sample(ARTICLES, count)]
    return [ScriptedPost(at, title, PostKind.ARTICLE, push) for title in titles]


def _worded(rng: Random, title: str, at: datetime) -> str:
    return title.format(m=at.astimezone(ZONE).month, n=rng.randint(6, 58))


def _at(day: date, at: time) -> datetime:
    return local_instant(day, at, ZONE)
