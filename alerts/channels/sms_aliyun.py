"""Text messages by Aliyun (阿里云短信服务, Dysmsapi 2017-05-25), signed with ACS3-HMAC-SHA256.

The template's variables are `name`, `days` and `until`. The vendor's documents:
https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature (signature),
https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms (the call) and
…/api-error-codes.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote, urlsplit
from uuid import uuid4

from alerts.channels.group_robot import read
from alerts.channels.replies import ServiceReply, refusal
from alerts.channels.text_message import Codes, TextMessages, kind, number, settled, variables
from alerts.message import DeliveryError, Failure, Message

HOME = "https://dysmsapi.aliyuncs.com"
ALGORITHM = "ACS3-HMAC-SHA256"
LONGEST = 20  # characters of a variable that every kind of template takes
EMPTY = sha256(b"").hexdigest()
MEANINGS: Mapping[str, Failure] = {
    "SignatureDoesNotMatch": Failure.CHANNEL,
    "IncompleteSignature": Failure.CHANNEL,
    "InvalidAccessKeyId": Failure.CHANNEL,
    "Forbidden": Failure.CHANNEL,
    "isp.RAM_PERMISSION_DENY": Failure.CHANNEL,
    "isv.AMOUNT_NOT_ENOUGH": Failure.CHANNEL,
    "isv.OUT_OF_SERVICE": Failure.CHANNEL,
    "isv.PRODUCT_UN_SUBSCRIPT": Failure.CHANNEL,
    "isv.PRODUCT_UNSUBSCRIBE": Failure.CHANNEL,
    "isv.ACCOUNT_NOT_EXISTS": Failure.CHANNEL,
    "isv.ACCOUNT_ABNORMAL": Failure.CHANNEL,
    "isv.SMS_SIGNATURE_ILLEGAL": Failure.CHANNEL,
    "isv.SMS_SIGN_ILLEGAL": Failure.CHANNEL,
    "isv.SMS_TEMPLATE_ILLEGAL": Failure.CHANNEL,
    "isv.TEMPLATE_MISSING_PARAMETERS": Failure.CHANNEL,
    "isv.DENY_IP_RANGE": Failure.CHANNEL,
    "isv.MOBILE_NUMBER_ILLEGAL": Failure.ADDRESS,
    "isv.BLACK_KEY_CONTROL_LIMIT": Failure.MESSAGE,
    "isv.TEMPLATE_PARAMS_ILLEGAL": Failure.MESSAGE,
    "isv.PARAM_LENGTH_LIMIT": Failure.MESSAGE,
    "isv.PARAM_NOT_SUPPORT_URL": Failure.MESSAGE,
    "isv.INVALID_JSON_PARAM": Failure.MESSAGE,
}
EXPLANATIONS = {
    "isv.AMOUNT_NOT_ENOUGH": "no money is left: top the account up",
    "isv.TEMPLATE_MISSING_PARAMETERS": "the template may have ${name}, ${days} and ${until}",
    "InvalidTimeStamp.Expired": "this machine's clock is wrong",
}
CODES = Codes(MEANINGS, EXPLANATIONS)


class AliyunSms(TextMessages):
    """One signature and template of the vendor."""

    home = HOME
    key = "access_key_secret"

    def send(self, message: Message) -> None:
        """Send the template about *message* to its address. Raises `DeliveryError`."""
        query = canonical(self._asked(message))
        headers = self._headers(query)
        reply = self.http.post(f"{self.url}/?{query}", b"", headers)
        if (error := verdict(reply, self.http.line)) is not None:
            raise error

    def _asked(self, message: Message) -> dict[str, str]:
        said = asdict(variables(message, LONGEST))
        return {
            "PhoneNumbers": number(message.address),
            "SignName": self.options["sign"],
            "TemplateCode": self.options["template"],
            "TemplateParam": json.dumps(said, ensure_ascii=False),
            "OutId": message.notices[0].id if message.notices else "",
        }

    def _headers(self, query: str) -> dict[str, str]:
        at = datetime.fromtimestamp(self.unix_time(), UTC)
        named = {
            "host": urlsplit(self.url).netloc,
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": EMPTY,
            "x-acs-date": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": uuid4().hex,
            "x-acs-version": "2017-05-25",
        }
        key = self.options["access_key_id"]
        return named | {"Authorization": authorization(named, query, key, self.secret)}


def canonical(asked: Mapping[str, str]) -> str:
    """Return *asked* as the query that is both signed and sent."""
    return "&".join(
        f"{quote(k, safe='-_.~')}={quote(asked[k], safe='-_.~')}" for k in sorted(asked)
    )


def authorization(headers: Mapping[str, str], query: str, key: str, secret: str) -> str:
    """Return the header that signs a POST without a body, with *headers* in order and *query*."""
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n{query}\n{lines}\n{names}\n{headers['x-acs-content-sha256']}"
    text = f"{ALGORITHM}\n{sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), text.encode(), sha256).hexdigest()
    return f"{ALGORITHM} Credential={key},SignedHeaders={names},Signature={signature}"


def verdict(reply: ServiceReply, line: Callable[[str], str]) -> DeliveryError | None:
    """Return what *reply* says: None only for a 2xx whose body carries the code `OK`."""
    said, status = read(reply.body), refusal(reply)
    return settled(said.get("Code"), "OK", said.get("Message"), status, CODES, line)


KIND = kind(
    AliyunSms,
    frozenset({"access_key_id", "sign", "template"}),
    AliyunSms.key,
    HOME,
    frozenset(),
)
