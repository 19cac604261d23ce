"""What in a row points at a person, hidden before it is written: in its text, its names and its attributes alike."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from synth.intake.redacting.redaction import count_hidden, hide_names, redact
from synth.model import Attribute, ParsedDocument
from synth.store.identity import text_hash


class Privacy:
    """Hides personal data; `regions` are the countries whose telephone numbers are known without their country code."""

    def __init__(self, regions: Sequence[str]) -> None:
        self._regions = regions
        self._names: Collection[str] = ()

    def hide_names(self, names: Collection[str]) -> None:
        """From now on hide these names too, wherever they stand in texts and attributes."""
        self._names = names

    def hide(self, document: ParsedDocument) -> tuple[ParsedDocument, dict[str, int]]:
        """The document without personal data, and how many secrets of each kind its text held."""
        if document.decided is None:
            redacted = redact(document.text, regions=self._regions, names=self._names)
            counted = dict(Counter(str(replacement.kind) for replacement in redacted.replaced))
        else:  # names of participants are hidden whatever was decided
            redacted = hide_names(document.text, self._names)
            counted = count_hidden(redacted.text)
        hidden = replace(
            document,
            text=redacted.text,
            title=self.hide_line(document.title),
            url=self.hide_line(document.url),
            person=self.hide_name(document.person),
            account=self.hide_name(document.account),
            source=self.hide_line(document.source),
            segment=self.hide_line(document.segment),
            plan=self.hide_line(document.plan),
            external_id=self.hide_id(document.external_id),
            attributes=self.hide_attributes(document.attributes),
            turns=tuple(replace(turn, speaker=self.hide_name(turn.speaker)) for turn in redacted.move(document.turns)),
        )
        return hidden, counted

    def hide_line(self, text: str | None) -> str | None:
        """The words with placeholders for what is personal in them."""
        return None if text is None else redact(text, regions=self._regions, names=self._names).text

    def hide_name(self, name: str | None) -> str | None:
        """A name that is itself personal data (an e-mail address, say) becomes a pseudonym, always the same."""
        found = redact(name, regions=self._regions).replaced if name is not None else ()
        if name is None or all(each.kind == "ADDRESS" for each in found):  # a company may be called after its street
            return name
        return f"anon-{text_hash(name.casefold())[:10]}"

    def hide_id(self, id: str | None) -> str | None:
        """The same for an id; one of nothing but digits is an id, though many a telephone number looks like it."""
        return id if id is None or id.isdecimal() else self.hide_name(id)

    def hide_attributes(self, attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
        """Every column with its value, both without what is personal in them."""
        return {self.hide_line(key) or key: value for key, value in self.hide_fields(attributes).items()}

    def hide_fields(self, fields: Mapping[str, Attribute]) -> dict[str, Attribute]:
        """Every value without what is personal in it."""
        return {
            key: (self.hide_line(value) or "") if isinstance(value, str) else value for key, value in fields.items()
        }
