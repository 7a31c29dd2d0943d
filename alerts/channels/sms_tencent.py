"""Text messages by Tencent Cloud (腾讯云短信, SendSms 2021-01-11), signed with TC3-HMAC-SHA256.

The template's variables are {1} the account's name, {2} its quiet days and {3} the last day in
time. The vendor's documents: https://cloud.tencent.com/document/product/382/55981 (the call and its
codes), https://cloud.tencent.com/document/api/382/52072 (signature).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import astuple
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from alerts.channels.group_robot import payload, read
from alerts.channels.replies import ServiceReply, refusal
from alerts.channels.text_message import Codes, TextMessages, kind, number, settled, variables
from alerts.message import DeliveryError, Failure, Message

HOME = "https://sms.tencentcloudapi.com"
REGION = "ap-guangzhou"
ALGORITHM = "TC3-HMAC-SHA256"
JSON = "application/json; charset=utf-8"
LONGEST = 12  # characters of a variable
MEANINGS: Mapping[str, Failure] = {
    "AuthFailure": Failure.CHANNEL,
    "UnauthorizedOperation": Failure.CHANNEL,
    "FailedOperation.InsufficientBalanceInSmsPackage": Failure.CHANNEL,
    "FailedOperation.SignatureIncorrectOrUnapproved": Failure.CHANNEL,
    "FailedOperation.TemplateIncorrectOrUnapproved": Failure.CHANNEL,
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": Failure.CHANNEL,
    "FailedOperation.TemplateUnapprovedOrNotExist": Failure.CHANNEL,
    "InvalidParameterValue.SdkAppIdNotExist": Failure.CHANNEL,
    "FailedOperation.PhoneNumberInBlacklist": Failure.ADDRESS,
    "InvalidParameterValue.IncorrectPhoneNumber": Failure.ADDRESS,
    "FailedOperation.ContainSensitiveWord": Failure.MESSAGE,
    "InvalidParameterValue.TemplateParameterFormatError": Failure.MESSAGE,
    "InvalidParameterValue.TemplateParameterLengthLimit": Failure.MESSAGE,
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": Failure.MESSAGE,
}
EXPLANATIONS = {
    "FailedOperation.InsufficientBalanceInSmsPackage": "no message is left: buy a package",
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": "the template has {1}, {2}, {3}",
    "AuthFailure.SignatureExpire": "this machine's clock is wrong",
}
CODES = Codes(MEANINGS, EXPLANATIONS)


class TencentSms(TextMessages):
    """One signature and template of the vendor."""

    home = HOME
    key = "secret_key"

    def send(self, message: Message) -> None:
        """Send the template about *message* to its address. Raises `DeliveryError`."""
        body = payload(self._asked(message))
        reply = self.http.post(f"{self.url}/", body, self._headers(body))
        if (error := verdict(reply, self.http.line)) is not None:
            raise error

    def _asked(self, message: Message) -> dict[str, Any]:
        return {
            "PhoneNumberSet": [f"+86{number(message.address)}"],
            "SmsSdkAppId": self.options["app_id"],
            "SignName": self.options["sign"],
            "TemplateId": self.options["template"],
            "TemplateParamSet": list(astuple(variables(message, LONGEST))),
            "SessionContext": message.notices[0].id if message.notices else "",
        }

    def _headers(self, body: bytes) -> dict[str, str]:
        at, host = int(self.unix_time()), urlsplit(self.url).netloc
        signed = authorization(body, host, at, self.options["secret_id"], self.secret)
        return {
            "Content-Type": JSON,
            "Authorization": signed,
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Timestamp": str(at),
            "X-TC-Region": self.options.get("region", REGION),
        }


def authorization(body: bytes, host: str, at: int, key: str, secret: str) -> str:
    """Return the header that signs a POST of *body* to *host* at the Unix time *at*."""
    day, names = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}", "content-type;host"
    lines = f"content-type:{JSON}\nhost:{host}\n"
    request = f"POST\n/\n\n{lines}\n{names}\n{sha256(body).hexdigest()}"
    scope = f"{day}/sms/tc3_request"
    text = f"{ALGORITHM}\n{at}\n{scope}\n{sha256(request.encode()).hexdigest()}"
    signing = f"TC3{secret}".encode()
    for part in (day, "sms", "tc3_request"):
        signing = hmac.digest(signing, part.encode(), "sha256")
    signature = hmac.new(signing, text.encode(), sha256).hexdigest()
    return f"{ALGORITHM} Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"


def verdict(reply: ServiceReply, line: Callable[[str], str]) -> DeliveryError | None:
    """Return what *reply* says: None only for a 2xx in which the one number's code is `Ok`."""
    said, status = _part(read(reply.body), "Response"), refusal(reply)
    found = said.get("SendStatusSet")
    one = found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}
    about = _part(said, "Error") or one
    return settled(about.get("Code"), "Ok", about.get("Message"), status, CODES, line)


def _part(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


KIND = kind(
    TencentSms,
    frozenset({"secret_id", "app_id", "sign", "template"}),
    TencentSms.key,
    HOME,
    frozenset({"region"}),
)
