"""What stands in a cell as the text that is kept: one way to write line ends, accents and blanks, and no export debris.

Words are never changed: a text that was garbled before the export stays as it is.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from html import unescape
from typing import Final

_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LINE_END: Final = re.compile(r"\r\n?|[\x85\u2028\u2029\x0b\x0c]")
_DROPPED: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_UNUSUAL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_EXCEL_ESCAPE: Final = re.compile(r"_x00(0D|0A|09)_")
_RULE: Final = re.compile(r"(?:\A|\n)[ \t\u00a0]*[-–—_=]{10,}[ \t\u00a0]*\n\s*([^\n]{2,40}?)[ \t]*(?:[:：]|\n|$)[ \t]*")
_REPLY_WORDS: Final = re.compile(
    r"\b(repl(y|ied)|response|responded|respuesta|réponse|antwort(et)?|risposta|resposta|reactie|odpowiedź|ответ)\b"
    r"|回复|回覆|返信|返答|답변|개발자",
    re.IGNORECASE,
)
_BRACKETED: Final = re.compile(r"[\[(（【<]\s*([^\])）】>\n]{2,60}?)\s*[\])）】>]\s*")
_DELETED: Final = re.compile(
    r"(?:(?:this|the)\s+)?(?:review|comment|post|message|tweet|answer|content)?\s*(?:has been|was|is)?\s*"
    r"(?:already\s+)?(?:deleted|removed)(?:\s+by\s+.{1,25})?"
    r"|(?:dies\w+\s+)?(?:bewertung|kommentar|beitrag|nachricht)?\s*(?:wurde|ist)?\s*(?:bereits\s+)?(?:gelöscht|entfernt)"
    r"|(?:(?:cet|ce)\s+)?(?:avis|commentaire|message)?\s*(?:a été)?\s*supprimé"
    r"|(?:est[ae]\s+)?(?:reseña|comentario|mensaje)?\s*(?:ha sido)?\s*eliminad[oa]"
    r"|[^a-z]{0,12}(?:删除|刪除|削除|삭제)[^a-z]{0,8}",
    re.IGNORECASE,
)


def clean_text(text: str) -> str:
    r"""The text with \n for line ends, without control characters, in Unicode form NFC, trimmed; entities are read."""
    if "&" in text:
        text = _ENTITY.sub(lambda match: unescape(match[0]), text)
    if not (text.isascii() and text.isprintable()):
        if _UNUSUAL.search(text):
            text = _SURROGATE.sub("\ufffd", _DROPPED.sub("", _LINE_END.sub("\n", text)))
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    return text.strip()


def clean_line(text: str) -> str:
    """The text on one line."""
    return " ".join(clean_text(text).split())


def read_excel_escapes(text: str) -> str:
    """The text with the line ends and tabs that Excel writes as _x000D_ and the like."""
    return _EXCEL_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x00" in text else text


def find_reply_headings(texts: Iterable[str]) -> frozenset[str]:
    """The headings under a dashed line that come back in several texts: what one export writes above each reply."""
    headings = Counter(match[1].strip() for text in texts if (match := _RULE.search(text)))
    return frozenset(heading for heading, times in headings.items() if times > 1)


def cut_reply(text: str, headings: Collection[str]) -> tuple[str, str | None]:
    """The text before a dashed line with a heading such as 'Developer reply:', and the reply under it if any."""
    match = _RULE.search(text)
    if not match or not (match[1].strip() in headings or _REPLY_WORDS.search(match[1])):
        return text, None
    return text[: match.start()].rstrip(), text[match.end() :].strip()


def cut_deletion_mark(text: str) -> tuple[str, bool]:
    """The text without a bracketed '(this review has been deleted)' before it, and whether there was one."""
    match = _BRACKETED.match(text)
    if not match or not _DELETED.fullmatch(match[1]):
        return text, False
    return text[match.end() :], True
