"""The drafter names the groups it is asked for, knows all other names, and is left alone once it cannot be reached."""

from dataclasses import dataclass, field

from synth.llm import Brief, Drafting, NameBrief, Named, PlanBrief, Reading
from synth.themes.naming.drafting import draft_names
from synth.themes.naming.naming import Group, name_themes
from tests.themes.test_naming import CARDS, EVENTS, PHOTOS, group

GROUPS: list[Group] = [group(PHOTOS), group(EVENTS), group(CARDS)]


@dataclass
class Scribe:
    """A drafter that answers with these names in turn, and keeps what it was asked."""

    says: list[Named]
    asked: list[NameBrief] = field(default_factory=list)
    name: str = "scribe"

    def read_question(self, brief: PlanBrief) -> Reading | None:
        raise NotImplementedError

    def draft(self, brief: Brief) -> Drafting:
        raise NotImplementedError

    def name_theme(self, brief: NameBrief) -> Named:
        self.asked.append(brief)
        return self.says[len(self.asked) - 1]


def test_only_the_wanted_groups_are_named_and_say_by_whom() -> None:
    machine = name_themes(GROUPS)
    scribe = Scribe([Named("Uploads hang", "Uploads.", "model")])
    drafted = draft_names(scribe, GROUPS, machine, wanted=[0])
    assert [(each.name, each.origin) for each in drafted[:2]] == [
        ("Uploads hang", "model"),
        (machine[1].name, "machine"),
    ]
    assert drafted[1:] == machine[1:]


def test_the_drafter_sees_exemplars_neighbours_and_the_names_given_so_far() -> None:
    machine = name_themes(GROUPS)
    scribe = Scribe([Named("Uploads hang", "Uploads.", "model"), Named("Twice", "Events.", "model")])
    draft_names(scribe, GROUPS, machine, wanted=[0, 1])
    assert set(scribe.asked[0].members) <= set(PHOTOS)
    assert {other.name for other in scribe.asked[0].neighbours} == {machine[1].name, machine[2].name}
    assert scribe.asked[1].taken == {"Uploads hang", machine[2].name}


def test_an_endpoint_that_is_not_reached_is_not_asked_again() -> None:
    machine = name_themes(GROUPS)
    scribe = Scribe([Named("x", "x", lost="It did not answer.", reached=False)])
    assert draft_names(scribe, GROUPS, machine, wanted=range(3)) == machine
    assert len(scribe.asked) == 1
