"""Takes pictures of the page: `python -m tests.browser.gallery FOLDER`, or `make gallery`.

A telephone and a desk, light and dark, of an office with several accounts in several states.
"""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from monitor.desk.wizard import STEPS, Wizard
from monitor.store.sql import open_store
from tests.browser.conftest import ARGS, CHROMIUM, logged_in
from tests.rule_values import DAY, HOUR, at
from tests.web.fixtures import BIRTH
from tests.web.site import MONDAY, PASSWORD, USERS, Office, bureau

PATHS = {
    "overview": "/",
    "account": "/accounts/weibo",
    "what-if": "/accounts/weibo?limit=7&ladder=tight#what-if",
    "alerts": "/alerts",
    "duty": "/duty",
    "reports": "/reports",
    "system": "/system",
    "start": "/start/rules",
    "board": "/board",
}
OF_ADMINS = ("system", "start")
WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
QUIET = (12, 1, 3, 9, 15, 5, 2, 4)  # days of each account


def office(folder: str) -> Office:
    """An office with an account that is late, one over its limit, one unseen, and others."""
    made = Office(open_store(f"sqlite:///{folder}/gallery.db", BIRTH), rules=bureau(9))
    for n, account in enumerate(list(made.rules.accounts.values())[:8]):
        [spec] = account.sources
        posts = [MONDAY - (QUIET[n] + k * (2 + n % 3)) * DAY - HOUR for k in range(24)]
        made.world.read(posts[-1], *posts[12:], spec=spec)
        made.world.read(posts[0] + HOUR / 2, *posts[:12], spec=spec)
    for day in ("03-13 09:00", "03-18 09:00"):
        for account in list(made.rules.accounts.values())[:7]:
            made.world.read(at(day), spec=account.sources[0])
        made.world.judge(at(day))
        made.world.deliver(at(day))
    made.inside = replace(made.inside, files={}, findings=lambda _: [])
    wizard = Wizard(made.store.notes)
    wizard.named("鞍山市民政局")
    for step in STEPS[:-1]:
        wizard.passed(step)
    made.store.notes.beat(MONDAY - timedelta(minutes=1), MONDAY - DAY)
    for name, role in USERS.items():
        made.users.add(name, role, PASSWORD, MONDAY)
    return made


def shoot(browser: Browser, made: Office, url: str, folder: Path) -> None:
    """Write a picture of every page in every width and theme."""
    for width, (across, down) in WIDTHS.items():
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": across, "height": down},
                color_scheme="dark" if theme == "dark" else "light",
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
            page = context.new_page()
            for name, path in PATHS.items():
                logged_in(context, made, url, "root" if name in OF_ADMINS else "zhang")
                page.goto(url + path)
                taken = folder / f"{name}-{width}-{theme}.png"
                page.screenshot(path=taken)
                small(taken)
            context.close()


def small(taken: Path) -> None:
    """Write the picture anew with a palette."""
    with Image.open(taken) as picture:
        drawn = picture.convert("RGB").quantize(kmeans=3, dither=Image.Dither.NONE)
    drawn.save(taken, optimize=True)


def main(folder: str) -> None:
    """Take the pictures into *folder*."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as kept, sync_playwright() as runner:
        made = office(kept)
        opened = runner.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        with made.served() as url:
            shoot(opened, made, url, Path(folder))
        opened.close()
        made.store.close()


if __name__ == "__main__":
    main(sys.argv[1])
