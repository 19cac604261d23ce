"""Links of the description: which operations go on from what another one answered, and by which of its ids."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

TAKEN: Final[Mapping[str, Sequence[str]]] = {
    "code": ("get_code", "change_code", "delete_code", "merge_codes", "split_code"),
    "coding change": ("undo_coding",),
    "credential": ("delete_token",),
    "decision": ("get_decision", "undo_decision"),
    "delivery": ("get_delivery",),
    "document": ("get_document", "set_role"),
    "erasure": ("get_erasure",),
    "highlight": ("get_highlight", "change_highlight", "delete_highlight"),
    "hook": ("receive_message", "end_hook"),
    "import": ("get_import", "get_refused_rows", "get_review", "decide_redaction", "write_reviewed"),
    "insight": ("get_insight", "get_insight_history", "change_insight"),
    "job": ("get_job", "retry_job"),
    "release": ("remove_release",),
    "report": ("get_report",),
    "run": ("get_run", "accept_run", "roll_back_run"),
    "saved question": (
        *("get_saved_question", "change_saved_question", "list_saved_runs", "run_saved_question"),
        *("follow_question", "unfollow_question", "see_question"),
    ),
    "session": ("end_session",),
    "study": (
        *("get_study", "change_study", "list_participants", "list_participant_names", "take_roster"),
        *("list_codes", "add_code", "list_highlights", "suggest_codes", "get_agreement", "get_machine_agreement"),
        *("get_board", "change_board", "get_findings", "get_study_report", "export_study", "import_codings"),
    ),
    "subscription": ("send_report", "end_subscription"),
    "theme": (
        *("get_theme", "change_theme", "get_theme_facts", "get_theme_trend", "list_theme_excerpts"),
        *("get_theme_lineage", "suggest_parts"),
    ),
}
"""Operations by the kind of thing whose id stands in their address."""
GIVEN: Final[Mapping[str, Mapping[str, str]]] = {
    "add_documents": {"import": "/imports/0/id"},
    "list_documents": {"document": "/documents/0/document_id"},
    "get_document": {"document": "/document_id"},
    "list_hooks": {"hook": "/hooks/0/id"},
    "add_hook": {"hook": "/id"},
    "list_erasures": {"erasure": "/erasures/0/id"},
    "erase": {"erasure": "/id"},
    "list_imports": {"import": "/imports/0/id"},
    "get_import": {"import": "/id"},
    "get_review": {"import": "/import_id"},
    "decide_redaction": {"import": "/import_id"},
    "write_reviewed": {"import": "/id"},
    "list_jobs": {"job": "/jobs/0/id"},
    "get_job": {"job": "/id"},
    "retry_job": {"job": "/id"},
    "list_themes": {"theme": "/themes/0/id"},
    "create_themes": {"decision": "/decision/id", "theme": "/effect/themes/0/id"},
    "get_theme": {"theme": "/id", "document": "/exemplars/0/document_id"},
    "change_theme": {"theme": "/theme/id", "decision": "/decisions/0/decision/id"},
    "get_theme_facts": {"theme": "/companions/0/id"},
    "list_theme_excerpts": {"document": "/excerpts/0/document_id"},
    "make_decision": {"decision": "/decision/id", "theme": "/effect/themes/0/id"},
    "list_decisions": {"decision": "/decisions/0/id", "theme": "/decisions/0/theme_id"},
    "get_decision": {"decision": "/id", "theme": "/theme_id"},
    "undo_decision": {"decision": "/decision/id", "theme": "/effect/themes/0/id"},
    "start_run": {"job": "/id"},
    "list_runs": {"run": "/runs/0/id"},
    "get_run": {"run": "/id"},
    "accept_run": {"run": "/id"},
    "roll_back_run": {"run": "/id"},
    "list_insights": {"insight": "/insights/0/id", "theme": "/insights/0/theme_id"},
    "make_insight": {"insight": "/id"},
    "get_insight": {"insight": "/id", "theme": "/theme_id"},
    "change_insight": {"insight": "/id"},
    "ask_question": {"theme": "/themes/0/id", "document": "/nearest/0/document_id"},
    "list_saved_questions": {"saved question": "/saved_questions/0/id"},
    "save_question": {"saved question": "/id"},
    "get_saved_question": {"saved question": "/id"},
    "change_saved_question": {"saved question": "/id"},
    "run_saved_question": {"saved question": "/id"},
    "search": {"document": "/results/0/document_id", "theme": "/results/0/theme_id"},
    "list_reports": {"report": "/reports/0/id"},
    "list_subscriptions": {"subscription": "/subscriptions/0/id"},
    "subscribe": {"subscription": "/id"},
    "send_report": {"delivery": "/id"},
    "list_deliveries": {"delivery": "/deliveries/0/id"},
    "list_releases": {"release": "/releases/0/id"},
    "add_release": {"release": "/id"},
    "list_studies": {"study": "/studies/0/id"},
    "create_study": {"study": "/id"},
    "get_study": {"study": "/id", "document": "/documents/0/document_id"},
    "change_study": {"study": "/id"},
    "list_codes": {"code": "/codes/0/id", "coding change": "/changes/0/id"},
    "add_code": {"code": "/id", "study": "/study_id"},
    "get_code": {"code": "/id", "study": "/study_id"},
    "change_code": {"code": "/id"},
    "merge_codes": {"code": "/code/id", "study": "/code/study_id"},
    "split_code": {"code": "/code/id", "study": "/code/study_id"},
    "list_highlights": {"highlight": "/highlights/0/id", "document": "/highlights/0/document_id"},
    "add_highlight": {"highlight": "/id", "code": "/code_id"},
    "get_highlight": {"highlight": "/id", "code": "/code_id", "document": "/document_id"},
    "get_findings": {"code": "/codes/0/code_id"},
    "list_tokens": {"credential": "/tokens/0/id"},
    "create_token": {"credential": "/id"},
    "list_sessions": {"session": "/sessions/0/id"},
    "draw_sample": {"document": "/excerpts/0/document_id"},
}
"""Where the id of which kind of thing stands in the answer of an operation: of a list, that of the first."""


def add_links(operation: dict[str, Any]) -> None:
    """Say in every answer that holds an id which operations take it."""
    given = GIVEN.get(operation["operationId"], {})
    links = {
        each: {"operationId": each, "parameters": {"id": f"$response.body#{place}"}}
        for kind, place in given.items()
        for each in TAKEN[kind]
        if each != operation["operationId"]
    }
    for status, response in operation["responses"].items():
        if links and status.startswith("2"):
            response["links"] = links
