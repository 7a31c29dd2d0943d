"""The platforms there are: names, units, and how their links spell accounts and posts. Values only.

Patterns are of a link as `host/path?query`, the host without `www.` and `m.`; group 1 is the id.
The routes are those of RSSHub's own code (`lib/routes/<platform>`), as read in November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

POST, ARTICLE, WORK = "post", "article", "work"

Table = Mapping[str, str]

NAMES: Table = {
    "weibo": "Weibo",
    "wechat": "WeChat",
    "website": "website",
    "douyin": "Douyin",
    "kuaishou": "Kuaishou",
    "toutiao": "Toutiao",
    "bilibili": "Bilibili",
    "xiaohongshu": "Xiaohongshu",
    "channels": "WeChat Channels",
    "renminhao": "People's Daily account",
    "baijiahao": "Baijiahao",
    "app": "app",
}


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform.

    *aliases*: what people write instead of the id. *unit*: what one published thing is called.
    *hosts*: where its links lead. *accounts*, *posts*: links of an account's own page and of one
    post. *bare*: a post's id that stands alone as a feed's guid. *inside*: the link to what a post
    shows, in the post's text. *routes*: RSSHub's, group 1 the account. *tracking*: query marks of
    its links that tell no posts apart, besides those that any site may have.
    """

    id: str
    aliases: tuple[str, ...]
    unit: str = POST
    hosts: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    bare: str | None = None
    inside: str | None = None
    routes: tuple[str, ...] = ()
    tracking: tuple[str, ...] = ()


# Posts of Weibo and WeChat bear one id in several spellings; `monitor/ledger/identity.py` reads it.
PLATFORMS: tuple[Platform, ...] = (
    Platform(
        "weibo",
        ("微博", "新浪微博", "sina"),
        hosts=("weibo.com", "weibo.cn"),
        accounts=(r"weibo\.(?:com|cn)/(?:(?:u|profile)/)?(\d{5,12})(?![^/?])",),
        routes=(r"weibo/user/(\d+)",),
    ),
    Platform("wechat", ("微信", "公众号", "微信公众号", "weixin", "gzh"), ARTICLE),
    Platform("website", ("网站", "门户网站", "政府网站", "portal", "web"), ARTICLE),
    Platform(
        "douyin",
        ("抖音", "抖音号", "tiktok"),
        WORK,
        hosts=("douyin.com", "iesdouyin.com"),
        accounts=(r"(?:ies)?douyin\.com/(?:share/)?user/(MS4wLjAB[\w-]+)",),
        posts=(r"(?:ies)?douyin\.com/(?:share/)?(?:video|note|slides)/(\d{8,20})",),
        routes=(r"douyin/user/(MS4wLjAB[\w-]+)",),
        tracking=("a_bogus", "mstoken", "modal_from", "previous_page", "enter_from"),
    ),
    Platform(
        "kuaishou",
        ("快手", "快手号"),
        WORK,
        hosts=("kuaishou.com", "live.kuaishou.com"),
        accounts=(r"(?:live\.)?kuaishou\.com/(?:profile|u)/([\w-]{3,40})",),
        posts=(
            r"kuaishou\.com/(?:short-video|photo|fw/photo)/(3x\w{8,20})",
            r"live\.kuaishou\.com/u/[\w-]{3,40}/(3x\w{8,20})",
        ),
        bare=r"3x\w{8,20}",
        routes=(r"kuaishou/(?:profile|user)/([\w-]{3,40})",),
        tracking=("photoid", "streamsource", "area"),
    ),
    Platform(
        "toutiao",
        ("头条", "头条号", "今日头条"),
        hosts=("toutiao.com",),
        accounts=(r"toutiao\.com/c/user/token/([\w-]{10,120})",),
        posts=(r"toutiao\.com/(?:(?:article|video|w|group|item)/|[ai])a?(\d{12,20})",),
        routes=(r"toutiao/user/token/([\w-]{10,120})",),
        tracking=("a_bogus", "log_from", "wid", "category_new", "app"),
    ),
    Platform(
        "bilibili",
        ("B站", "哔哩哔哩", "b23"),
        hosts=("bilibili.com", "t.bilibili.com", "space.bilibili.com"),
        accounts=(r"space\.bilibili\.com/(\d+)",),
        posts=(
            r"bilibili\.com/video/(BV1[1-9A-HJ-NP-Za-km-z]{9}|av\d+)",
            r"(?:t\.bilibili\.com|bilibili\.com/opus)/(\d{8,20})",
            r"bilibili\.com/read/(?:mobile/)?(cv\d+)",
        ),
        # Not of what is passed on from others.
        inside=r'(?s)(?:(?!//转发自).)*?视频地址：<a href="?(https?://[^\s">]+)',
        routes=(r"bilibili/user/[a-z-]+/(\d+)",),
        tracking=("from_spmid", "plat_id", "buvid", "up_id", "bbid"),
    ),
    Platform(
        "xiaohongshu",
        ("小红书", "小红书号", "xhs", "rednote"),
        ARTICLE,
        hosts=("xiaohongshu.com",),
        accounts=(r"xiaohongshu\.com/user/profile/([0-9a-f]{24})",),
        posts=(
            r"xiaohongshu\.com/(?:explore|discovery/item)/([0-9a-f]{24})",
            r"xiaohongshu\.com/user/profile/[0-9a-f]{24}/([0-9a-f]{24})",
        ),
        bare=r"[0-9a-f]{24}",
        routes=(r"xiaohongshu/user/([0-9a-f]{24})",),
        tracking=("apptime", "appuid", "author_share"),
    ),
    Platform("channels", ("视频号", "微信视频号", "shipinhao"), WORK),
    Platform("renminhao", ("人民号", "人民日报号", "rmh"), ARTICLE),
    Platform(
        "baijiahao",
        ("百家号", "bjh"),
        ARTICLE,
        hosts=("baijiahao.baidu.com", "author.baidu.com"),
        accounts=(r"author\.baidu\.com/home/(\d{6,20})",),
        posts=(r"baijiahao\.baidu\.com/s\?(?:[^#]*&)?id=(\d{10,22})",),
        tracking=("wfr", "for", "sharefrom"),
    ),
    Platform("app", ("客户端", "移动客户端")),
)
BY_ID: Mapping[str, Platform] = {platform.id: platform for platform in PLATFORMS}
BY_ALIAS: Mapping[str, str] = {
    alias.lower(): platform.id for platform in PLATFORMS for alias in platform.aliases
}
BY_HOST: Mapping[str, Platform] = {host: one for one in PLATFORMS for host in one.hosts}


def unit_of(platform: str) -> str:
    """Return what one published thing of *platform* is called; a post where that is not known."""
    return BY_ID[platform].unit if platform in BY_ID else POST
