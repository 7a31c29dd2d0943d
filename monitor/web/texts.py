"""What the templates of the page say by themselves."""

from __future__ import annotations

from alerts.words import Table

FRAME: Table = {
    "service": "New media update watch",
    "watch": "Update watch",
    "skip": "To the content",
    "overview": "Overview",
    "alerts": "Alerts",
    "duty": "Duty and handover",
    "reports": "Reports",
    "system": "System",
    "menu": "Main menu",
    "known_as_of": "As known at",
    "log_in": "Log in",
    "log_out": "Log out",
    "name": "Name",
    "password": "Password",
    "sample": "Sample data: nothing here is real, and nobody is told anything.",
    "set_password": "Set the first password",
    "set_up": "First set-up",
    "set_up_hint": (
        "This name and password will be the administrator's. The link ends with it. A password "
        "has at least 10 characters."
    ),
    "go_on_setting_up": "The set-up is not finished yet",
    "go_on": "Go on",
    "amiss_inside": "Gateways that fail and channels that refuse",
    "to_overview": "To the overview",
}
OVERVIEW: Table = {
    "search": "Search by name, organisation or person",
    "find": "Search",
    "all": "all",
    "filters": "Accounts by verdict",
    "accounts": "Accounts",
    "last_post": "Last post",
    "held_by": "Held by",
    "next": "next page",
    "previous": "previous page",
    "by_name": "by name",
    "by_urgency": "by urgency",
    "more_answers": "More …",
    "more_amiss": "{n} more to be looked at",
    "the_rest": "The other {n} are fresh",
    "all_of_them": "Show all {n} accounts",
    "nothing_found": "No account fits. Please search for something else or show all.",
    "no_accounts": "No account is configured yet",
    "no_accounts_hint": (
        "Add the first one to accounts.toml; it is shown here after its first reading."
    ),
    "no_accounts_how": "These commands write an example, check it, and start the service:",
    "no_accounts_whom": "An administrator adds accounts; ask who set this service up.",
    "see_the_demo": "To see a whole year of an example first:",
    "see_example": "See the example",
    "example_hint": (
        "The year 2024 of an invented office: its silences, alerts, answers, handover and reports. "
        "It has a database of its own, and nobody is told anything."
    ),
    "play_example": "Prepare the example (a minute or two)",
    "example_playing": (
        "The year is being played; that takes a minute or two. This page refreshes itself."
    ),
    "example_failed": "It could not be played; the log says so. Please try again.",
    "open_example": "Open the example",
    "leave_example": "Back to your own accounts",
    "past_year": "The past year",
    "past_year_hint": (
        "From what the first readings show; what lies before comes from the platform's export:"
    ),
    "legend": (
        "Each cell is a day: light none, dark one, darkest several posts; hatched: not seen; red "
        "edge: over the limit; amber edge: the last day to publish; green edge: a holiday; empty: "
        "to come, shaded where nobody works."
    ),
}
ACCOUNT: Table = {
    "why": "Why",
    "details": "In detail",
    "more_why": "More of what it rests on",
    "the_year": "The year",
    "timeline": "What happened",
    "answer": "Answer",
    "scheduled_for": "Scheduled for",
    "confirm_post": "Record a post seen by eye",
    "published_at": "Published at",
    "address": "Its address",
    "record": "Record it",
    "record_hint": "It counts as published, stands under your name, and ends a silence.",
    "agree": "Agree to a silence",
    "until": "Until",
    "reason": "Reason",
    "document": "Document number",
    "agree_hint": "Until then nobody is told of this silence; it stands under your name.",
    "nothing_yet": "Nothing has happened yet; posts, alerts and answers will stand here.",
    "first_reading": "It was not read yet; its verdict stands here after the first reading.",
    "open_page": "Open the account",
    "day": "Day",
    "posts": "Posts",
    "as_table": "The same as a table",
    "only_posts": "only posts",
    "only_alerts": "only alerts",
    "only_notices": "only notices",
    "only_handovers": "only handovers",
    "only_gaps": "only gaps",
    "only_names": "only names",
    "tap_a_day": "Tap a day, or go from day to day with the arrow keys.",
    "what_if": "What if",
    "limit": "Limit in days",
    "steps": "Steps",
    "usual_steps": "as configured",
    "tight_steps": "as in a handover",
    "suppose": "Reckon",
    "suppose_hint": "It is reckoned from the posts of this year; nothing is changed.",
    "read_hint": "The account is read now, not at its next time.",
    "hand_over": "Start a handover",
    "taker": "Passed on to",
    "due": "Until",
    "hand_over_hint": "Both sides have to accept; until a post proves it, reminders come earlier.",
    "cannot_answer": "You can look, but not answer: your user is not one of the people.",
}
ALERTS: Table = {
    "open": "Open",
    "ended": "Ended in the last 30 days",
    "none_open": "No alert is open.",
    "none_ended": "No alert has ended in the last 30 days.",
    "notices": "Notices",
    "alert_number": "Alert",
    "all_notices": "Notices of the last 30 days",
    "no_notices": (
        "Nobody was notified of anything in the last 30 days; notices stand here as they are sent."
    ),
    "on_duty": "On duty today",
    "then": "Then",
    "nobody": "nobody",
    "no_roster": "The roster names nobody for today: calls go to the deputy and the operator.",
    "people_and_duty": "People and duty",
    "gaps": "Gaps in the roster",
    "no_gaps": "The roster is covered for the next 14 days.",
    "all_gaps": "The roster names nobody for the next four weeks.",
    "coming": "The next four weeks",
    "swap": "Change who is on duty",
    "swap_hint": "The day passes to that person at once, and is recorded.",
    "person": "Person",
    "change": "Change it",
    "handovers": "Open handovers",
    "no_handovers": "No handover is open.",
    "accept": "Accept",
    "i_published": "That was published by me",
    "call_off": "Call it off",
}
PAPERS: Table = {
    "months": "Months",
    "years": "Years",
    "as_text": "Read",
    "as_word": "Word",
    "as_excel": "Excel",
    "current": "As known now",
    "no_reports": "No account is watched yet, so every report is empty.",
    "differences": "What changed from version to version",
    "no_differences": "There is one version, and nothing else has become known since.",
    "no_versions": "No version is frozen yet. To keep one:",
    "evidence": "Evidence",
    "check_draft": "Check a draft of the annual report",
    "check_hint": (
        "The draft is held against the form, itself, the ledger and, if added, last year's report. "
        "It is not kept."
    ),
    "draft": "The draft (.docx, .pdf, .html or .txt)",
    "last_years": "Last year's report (may be left out)",
    "year_of_report": "Year that it reports on",
    "check": "Check it",
    "findings": "What was found",
    "stands_there": "Stands there",
    "expected": "Expected",
    "because": "Why",
    "remaining": "Fill in the remaining figures",
    "as_toml": "Save as TOML",
    "save_word": "Make the Word report",
    "save_excel": "Save as Excel",
    "fill_in": (
        "A number left out is 0, a text left out becomes a marked place. Nothing is kept here: "
        "save the form as a file."
    ),
}
SYSTEM: Table = {
    "gateways": "Gateways that are read through",
    "readings": "The last readings",
    "users": "Who may log in",
    "pulse": "Last pulse",
    "behind": "Accounts behind it",
    "works": "works",
    "untried": "not read yet",
    "unanswered": "no usable answer yet",
    "fails": "fails",
    "no_gateways_yet": "No gateway is configured yet, so nothing is read.",
    "no_keys": "There is no key yet.",
    "no_readings": "Nothing was read in the last day; readings stand here as they are made.",
    "no_bad_readings": "No reading of the last day failed.",
    "success": "Good readings of the last day",
    "only_these": "Only these accounts",
    "read_now": "Read now",
    "channels": "Channels",
    "accepted": "Last accepted",
    "refused": "Last refused",
    "try_channel": "Send a test message",
    "tested": "Newest test message:",
    "tests_monthly": (
        "On the first working day of each month one test message goes by each channel."
    ),
    "tests_not_monthly": (
        "Monthly test messages are off; channel_tests = true under [reports] of monitor.toml "
        "turns them on."
    ),
    "silent_channel": (
        "No message was accepted for a month: please send a test message, so that it is sure to "
        "work when it is needed."
    ),
    "service_itself": "The service",
    "doctor": "What needs attention in the configuration",
    "nothing_amiss": "Nothing needs attention.",
    "configuration": "The configuration in force",
    "address_keys": "Keys of addresses",
    "keys_hint": (
        "Whoever has the address sees it without a log-in. It ends here, or with its maker."
    ),
    "make_key": "Make a key",
    "end_key": "End it",
    "used": "last used",
    "kind_of_key": "For",
    "with_errors": "only those with errors",
    "without_errors": "only those without errors",
    "try_now": "Try it now",
    "all_readings": "all",
}
ADDING: Table = {
    "add_accounts": "Add accounts",
    "paste_here": "Addresses, one a line",
    "paste_hint": (
        "Of an account's page, a post, an article or a column of a website. Each is read and shown "
        "first; nothing is written before you have said that it is the account."
    ),
    "look_at_them": "Read and show them",
    "list_here": "Or a list of them: Excel or CSV",
    "list_hint": (
        "With the columns 名称, 平台, 链接 and 管理员, of which only 链接 has to be filled."
    ),
    "look_at_list": "Read the list and show them",
    "look_at_rest": "Show the next {n} of the list",
    "is_it": "Is this the account?",
    "save_unread": "Save it first, and confirm it once it was read",
    "add_ticked": "Add the accounts that are ticked",
    "not_found_so": "Cannot be added so",
}
STEP_NAMES: Table = {
    "office": "Office",
    "gateways": "Collecting gateways",
    "accounts": "Accounts",
    "people": "People and duty",
    "channels": "Channels",
    "rules": "Rules",
}
START: Table = {
    "setting_up": "Set-up",
    "step_of": "Step {n} of {all}",
    "office_hint": "Whose accounts these are; it stands at the top of every page.",
    "office_name": "Name of the office",
    "keep_it": "Keep it and go on",
    "gateways_hint": ("A gateway reads the accounts. Here each is asked once; nothing is stored."),
    "no_gateways": (
        "No gateway is configured yet. Enter the address of one below: it is tried, and written "
        "once it shows posts."
    ),
    "try_address": "Address of an account to try them with (may be left out)",
    "try_them": "Try them now",
    "another_gateway": "Add a gateway",
    "gateway_kind": "Kind",
    "gateway_url": "Address of the gateway (none for Weibo itself)",
    "gateway_key": "Its key (may be left out)",
    "account_address": "Address of an account that it reads (may be left out)",
    "reread": "Read the files again",
    "reads_well": "works",
    "reads_badly": "trouble",
    "not_tried": "not tried out",
    "accounts_hint": (
        "Paste addresses. Each is read and shown first, and added once you say that it is the "
        "account."
    ),
    "accounts_there": "Accounts that are watched",
    "no_accounts_yet": "No account is watched yet.",
    "people_hint": "These people are told, in the ways that stand beside them.",
    "no_people": "Nobody is configured yet: nobody would be told. Add the first person below.",
    "no_way": "cannot be reached",
    "channels_hint": (
        "Send yourself a test message. It counts as sent only if the service itself says so."
    ),
    "no_channels": "No channel is configured yet: nobody can be told. Add one.",
    "to_whom": "Send it to",
    "reaches_nobody": "Nobody is reached by it.",
    "rules_hint": "An account is over the limit once it has been silent for so long:",
    "suppose_from_today": "If nothing more is published from today on",
    "no_account_to_suppose": "Once there is an account, this shows who would be told when.",
    "edit_it": "Edit",
    "change_named": "Change {name}",
    "take_out": "Take {name} out",
    "show_difference": "Show what would change",
    "would_change": "This would change in {file}",
    "line_came": "new: ",
    "line_went": "goes: ",
    "secrets_apart": (
        "The secret goes into a file of its own, which only the service reads; it is not shown "
        "again."
    ),
    "configuration_hint": "What is changed here shows the lines to be copied, too:",
    "copy_instead": "Write it by hand instead",
    "copy_added": "To be added to {file}",
    "copy_into": "Into {file}, in the place of the lines marked -",
    "select_all": "Select all of it, to be copied",
    "take_lines_out": "Take the lines marked - out of {file}.",
    "put_secrets": (
        "Put the secret into the file that is named behind file:, for the service alone."
    ),
    "save_it": "Write it into {file}",
    "see_it": "See how it stands now",
    "try_then_save": "Try it, and show what would change",
    "gateway_key_kept": "Its key (left empty, it stays as it is)",
    "another_person": "Add a person",
    "person_name": "Name of the person",
    "person_id": "Id: letters and digits, under which they log in (may be left out)",
    "person_phone": "Telephone (may be left out)",
    "person_roles": "Roles",
    "person_ways": "How they are reached, the first first",
    "by_channel": "Channel",
    "at_address": "Their address or number there (may be empty for a group's robot)",
    "take_turns": "Change who takes turns on duty",
    "turn_of": "Turn {n}",
    "turns_start": "The first turn begins on",
    "turns_last": "Days of a turn",
    "whom_it_reaches": "Say whom it reaches",
    "another_channel": "Add a channel",
    "another_kind": "another kind",
    "channel_kind": "Kind of channel",
    "channel_id": "Id: letters and digits (may be left out)",
    "may_be_empty": "{what} (may be left empty)",
    "another_limit": "Choose another limit",
    "limit_of_ours": "The limit that holds for us, and who is told on the way to it",
    "go_next": "Next",
    "leave_out": "Later",
    "finish": "Finish and open the overview",
    "dealt_with": "done",
}
GATEWAY_NAMES: Table = {
    "rsshub": "RSSHub (Weibo and others)",
    "wewe_rss": "WeWe RSS (WeChat)",
    "we_mp_rss": "we-mp-rss (WeChat)",
    "wechat2rss": "Wechat2RSS (WeChat)",
    "weibo_mobile": "m.weibo.cn (Weibo, with a cookie)",
    "weibo_api": "Weibo's open platform (by your own token)",
    "feed": "A feed: RSS, Atom or JSON",
    "web_page": "A page of a website",
}
USER_ROLES: Table = {
    "viewer": "may look",
    "officer": "may answer",
    "admin": "administrator",
}
CHANNEL_NAMES: Table = {
    "wecom": "WeCom group robot",
    "wecom_bot": "WeCom robot that takes answers",
    "wecom_app": "WeCom app",
    "dingtalk": "DingTalk group robot",
    "feishu": "Feishu group robot",
    "mail": "E-mail",
    "sms_aliyun": "Text message by Alibaba Cloud",
    "sms_tencent": "Text message by Tencent Cloud",
    "webhook": "Webhook of a system of one's own",
    "telegram": "Telegram (not reachable from mainland China)",
    "apprise": "Apprise",
    "console": "Screen of the service (tells nobody)",
}
KEY_NAMES: Table = {
    "access_key_id": "Id of the access key",
    "access_key_secret": "Secret of the access key",
    "sign": "Signature",
    "secret_id": "Id of the secret",
    "secret_key": "Secret",
    "app_id": "Id of the app",
    "region": "Region",
    "template": "Template",
    "url": "Its whole address",
    "secret": "Its secret",
    "token": "Its token",
    "host": "Mail server",
    "port": "Port",
    "security": "Encryption: tls, starttls or none",
    "sender": "Sender",
    "username": "User name",
    "password": "Password",
    "bot_id": "Id of the robot",
    "corp_id": "Id of the enterprise",
    "agent_id": "Id of the app",
    "base_url": "Another server's address",
    "proxy": "Proxy",
    "plain": "Plain text: true or false",
}
SCOPES: Table = {
    "board": "Board",
    "badge": "Badge",
    "calendar": "Calendar",
    "feed": "Feed of alerts",
}
BOARD: Table = {
    "lost": "Not up to date for {n} minutes",
    "never_checked": "Not checked yet: the service has made no pass on this database",
    "and_more": "and more",
    "none_urgent": "Nothing needs anybody.",
}
ALL: Table = {
    **FRAME,
    **OVERVIEW,
    **ACCOUNT,
    **ALERTS,
    **PAPERS,
    **SYSTEM,
    **ADDING,
    **START,
    **BOARD,
}
