"""The affinity board of a study: highlights as cards, in lanes that people make and move.

It starts as the codebook is: a lane for each code that is used. Only what people changed is kept: the lanes, the
places of cards that were moved, and notes of their own. A card is a marked span, whatever codes it has and whoever
marked it; one that nobody moved lies in the lane of the first of its codes.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict, NotFound
from synth.parts import Parts
from synth.research.codebook import insert_code, list_codes
from synth.research.highlighting import insert_highlight, list_highlights
from synth.research.recoding import delete_code
from synth.research.studies import find_study
from synth.store import tables

MOST_LANES: Final = 100
MOST_NOTES: Final = 500
LONGEST_NAME: Final = 200
LONGEST_NOTE: Final = 2_000
MOST_UNDONE: Final = 20  # changes that can be taken back
REST: Final = "rest"  # the lane of cards that have no other
Layout = dict[str, Any]
Wanted = Mapping[str, Any]


def show_board(session: Session, workspace: str, study: str) -> dict[str, Any]:
    """The lanes with their cards, and whether there is something to undo; raises NotFound."""
    find_study(session, workspace, study)
    kept = session.scalar(
        select(tables.Board).where(tables.Board.workspace_id == workspace, tables.Board.study_id == study)
    )
    codes = list_codes(session, workspace, study)
    cards = _cards(list_highlights(session, workspace, study), codes)
    layout = _with_codes(kept.layout if kept else {}, codes, cards)
    cards |= {note["id"]: _note_card(note) for note in layout["notes"]}
    return {
        "lanes": [
            {**lane, "cards": [cards[id] for id in _in_lane(lane, layout, cards)]}
            for lane in (*layout["lanes"], {"id": REST, "name": "Not placed", "code_id": None})
        ],
        "changes": len(kept.past) if kept else 0,
    }


def change_board(parts: Parts, workspace: str, study: str, actor: str, wanted: Wanted) -> None:
    """Do one thing to a board, as `wanted["do"]` says; raises NotFound, BadInput, Conflict."""
    do = str(wanted.get("do"))
    if do == "undo":
        _undo(parts, workspace, study, actor)
    elif do == "make_code":
        _make_code(parts, workspace, study, actor, str(wanted.get("lane")))
    elif do in _CHANGES:
        with parts.database.write() as session:
            _keep(session, workspace, study, lambda layout, cards: _CHANGES[do](layout, cards, wanted, actor))
    else:
        known = ", ".join((*_CHANGES, "make_code", "undo"))
        raise BadInput(f"'{do}' is nothing that can be done to a board; use {known}.")


def _keep(
    session: Session, workspace: str, study: str, change: Callable[[Layout, Mapping[str, Any]], None], **more: Any
) -> None:
    """Change the layout, and keep what was before it for undoing."""
    find_study(session, workspace, study)
    codes = list_codes(session, workspace, study)
    cards = _cards(list_highlights(session, workspace, study), codes)
    kept = session.get(tables.Board, (workspace, study), with_for_update=True)
    if kept is None:
        kept = tables.Board(workspace_id=workspace, study_id=study, layout={}, past=[])
        session.add(kept)
    layout = _with_codes(kept.layout, codes, cards)
    change(layout, {**cards, **{note["id"]: note for note in layout["notes"]}})
    kept.past = [*kept.past, {"layout": kept.layout, **more}][-MOST_UNDONE:]
    kept.layout = layout


def _undo(parts: Parts, workspace: str, study: str, actor: str) -> None:
    with parts.database.write() as session:
        find_study(session, workspace, study)
        kept = session.get(tables.Board, (workspace, study), with_for_update=True)
        if kept is None or not kept.past:
            raise Conflict("There is nothing on this board to undo.")
        *earlier, last = kept.past
        kept.layout, kept.past = last["layout"], earlier
        code = last.get("code")
        made = code and session.get(tables.Code, (workspace, code))
    if made:
        delete_code(parts, workspace, actor, code)  # which the codebook can undo in turn


def _make_code(parts: Parts, workspace: str, study: str, actor: str, id: str) -> None:
    """A code with the name of a lane, given to all that lies in it."""
    if id == REST:
        raise BadInput("Cards that are not placed make no code; put them into a lane first.")
    with parts.database.write() as session:
        lane = _find(show_board(session, workspace, study)["lanes"], id, "lane")
        if lane["code_id"]:
            raise Conflict(f"The lane {lane['name']} is a code already.")
        code = insert_code(session, workspace, study, actor, {"name": lane["name"]}, parts.now())

        def hold(layout: Layout, cards: Mapping[str, Any]) -> None:  # noqa: ARG001 - the lane is that code's from now on
            _find(layout["lanes"], id, "lane")["code_id"] = code

        _keep(session, workspace, study, hold, code=code)
        for card in lane["cards"]:
            if card["document_id"]:
                insert_highlight(
                    session, parts, workspace, card["document_id"], code, (card["start"], card["end"]), actor
                )


def _add_lane(layout: Layout, cards: Mapping[str, Any], wanted: Wanted, actor: str) -> None:  # noqa: ARG001
    if len(layout["lanes"]) >= MOST_LANES:
        raise BadInput(f"A board has at most {MOST_LANES} lanes.")
    layout["made"] += 1
    layout["lanes"].append({"id": f"L{layout['made']}", "name": _name(wanted), "code_id": None})


def _rename_lane(layout: Layout, cards: Mapping[str, Any], wanted: Wanted, actor: str) -> None:  # noqa: ARG001
    lane = _find(layout["lanes"], wanted.get("lane"), "lane")
    if lane["code_id"]:
        raise Conflict(f"The lane {lane['name']} is a code; change its name in the codebook.")
    lane["name"] = _name(wanted)


def _move_lane(layout: Layout, cards: Mapping[str, Any], wanted: Wanted, actor: str) -> None:  # noqa: ARG001
    lane = _find(layout["lanes"], wanted.get("lane"), "lane")
    at = layout["lanes"].index(lane) + (1 if wanted.get("by") == 1 else -1)
    layout["lanes"].remove(lane)
    layout["lanes"].insert(max(0, at), lane)


def _remove_lane(layout: Layout, cards: Mapping[str, Any], wanted: Wanted, actor: str) -> None:  # noqa: ARG001
    """Its cards lie where they would if nobody had moved them; a code's lane comes back while the code is used."""
    lane = _find(layout["lanes"], wanted.get("lane"), "lane")
    layout["lanes"].remove(lane)
    layout["hidden"] += [lane["code_id"]] if lane["code_id"] else []
    layout["places"] = {card: place for card, place in layout["places"].items() if place[0] != lane["id"]}


def _move_cards(layout: Layout, cards: Mapping[str, Any], wanted: Wanted, actor: str) -> None:  # noqa: ARG001
    """Put cards into a lane: before another card of it, else at its end."""
    moved = list(dict.fromkeys(str(card) for card in wanted.get("cards") or ()))
    if not moved:
        raise BadInput("Choose at least one card.")
    if unknown := next((card for card in moved if card not in cards), None):
        raise NotFound(f"There is no card {unknown[:80]} on this board any more; open it again.")
    lane = str(wanted.get("lane"))
    if lane != REST:
        _find(layout["lanes"], lane, "lane")
    row = [card for card in _in_lane({"id": lane}, layout, cards) if card not in moved]
    before = wanted.get("before")
    at = row.index(before) if before in row else len(row)
    for place, card in enumerate((*row[:at], *moved, *row[at:])):
        layout["places"][card] = [lane, place]


def _add_note(layout: Layout, cards: Mapping[str, Any], wanted: Wanted, actor: str) -> None:
    if len(layout["notes"]) >= MOST_NOTES:
        raise BadInput(f"A board has at most {MOST_NOTES} notes.")
    words = str(wanted.get("text") or "").strip()
    if not 0 < len(words) <= LONGEST_NOTE:
        raise BadInput(f"A note has 1 to {LONGEST_NOTE:,} characters; this one has {len(words):,}.")
    layout["made"] += 1
    note = {"id": f"N{layout['made']}", "text": words, "by": actor}
    layout["notes"].append(note)
    _move_cards(layout, {**cards, note["id"]: note}, {"cards": [note["id"]], "lane": wanted.get("lane") or REST}, actor)


def _remove_note(layout: Layout, cards: Mapping[str, Any], wanted: Wanted, actor: str) -> None:  # noqa: ARG001
    layout["notes"].remove(_find(layout["notes"], wanted.get("note"), "note"))
    layout["places"].pop(wanted.get("note"), None)


_CHANGES: Final[Mapping[str, Callable[[Layout, Mapping[str, Any], Wanted, str], None]]] = {
    "add_lane": _add_lane,
    "rename_lane": _rename_lane,
    "move_lane": _move_lane,
    "remove_lane": _remove_lane,
    "move_cards": _move_cards,
    "add_note": _add_note,
    "remove_note": _remove_note,
}


def _with_codes(kept: Mapping[str, Any], codes: Sequence[Mapping[str, Any]], cards: Mapping[str, Any]) -> Layout:
    """The layout with a lane for each code that cards begin in, and without lanes' ties to codes that are gone."""
    layout: Layout = {"lanes": [], "places": {}, "notes": [], "hidden": [], "made": 0, **deepcopy(dict(kept))}
    known = {code["id"]: code["name"] for code in codes}
    for lane in layout["lanes"]:
        lane["name"] = known.get(lane["code_id"], lane["name"])
        lane["code_id"] = lane["code_id"] if lane["code_id"] in known else None
    there = {lane["code_id"] for lane in layout["lanes"]} | set(layout["hidden"])
    used = {code for card in cards.values() for code in card["codes"][:1]}
    layout["lanes"] += [
        {"id": code["id"], "name": code["name"], "code_id": code["id"]} for code in codes if code["id"] in used - there
    ]
    return layout


def _cards(marks: Sequence[Mapping[str, Any]], codes: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """One card for each span, with its codes in the order of the codebook and all who marked it."""
    order = {code["id"]: place for place, code in enumerate(codes)}
    found: dict[str, dict[str, Any]] = {}
    for mark in marks:
        id = f"{mark['document_id']}:{mark['start']}-{mark['end']}"
        names = ("document_id", "title", "start", "end", "quote", "speaker", "role", "begins", "page")
        card = found.setdefault(id, {"id": id, **{name: mark[name] for name in names}, **_EMPTY})
        card["codes"] = sorted({*card["codes"], mark["code_id"]}, key=lambda code: order.get(code, 0))
        card["coders"] = sorted({*card["coders"], mark["coder"]})
        card["memos"] = [*card["memos"], *([mark["memo"]] if mark["memo"] else [])]
    return found


_EMPTY: Final[Mapping[str, Any]] = {"codes": [], "coders": [], "memos": [], "note": None}


def _note_card(note: Mapping[str, Any]) -> dict[str, Any]:
    names = ("document_id", "title", "start", "end", "quote", "speaker", "role", "begins", "page")
    return {"id": note["id"], **dict.fromkeys(names), **_EMPTY, "note": note["text"], "coders": [note["by"]]}


def _in_lane(lane: Mapping[str, Any], layout: Layout, cards: Mapping[str, Any]) -> list[str]:
    """The cards of a lane: those that were put there in their order, then those that lie there by their code."""
    lanes = {each["id"] for each in layout["lanes"]}
    of_code = {each["code_id"]: each["id"] for each in layout["lanes"] if each["code_id"]}

    def lies(card: str) -> str:
        placed = layout["places"].get(card, (None, 0))[0]
        if placed in lanes or placed == REST:
            return str(placed)
        return next((of_code[code] for code in cards[card].get("codes", ()) if code in of_code), REST)

    own = [card for card in cards if lies(card) == lane["id"]]
    return sorted(own, key=lambda card: layout["places"].get(card, (None, len(cards) + 1))[1])


def _find(rows: Sequence[dict[str, Any]], id: object, what: str) -> dict[str, Any]:
    found = next((row for row in rows if row["id"] == id), None)
    if found is None:
        raise NotFound(f"There is no {what} {id} on this board; open it again.")
    return found


def _name(wanted: Wanted) -> str:
    name = " ".join(str(wanted.get("name") or "").split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput(f"The name of a lane has 1 to {LONGEST_NAME} characters; this one has {len(name)}.")
    return name
