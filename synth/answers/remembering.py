"""Keeping what was answered: for the abstention rate, for saved questions, and so that erasure can follow a quote."""

from sqlalchemy import insert

from synth.model import Answer
from synth.parts import Parts
from synth.store import tables
from synth.store.rows import next_numbers
from synth.wire import answer_document


def remember(parts: Parts, workspace: str, answer: Answer) -> str:
    """Store an answer with its citations; returns its id."""
    cited = {citation.excerpt_id for claim in answer.claims for citation in claim.citations}
    with parts.database.write() as session:
        id = f"A{next_numbers(session, workspace, 'answer', 1)[0]}"
        row = {
            "workspace_id": workspace,
            "id": id,
            "question": answer.plan.question,
            "answer": answer_document(answer),
            "status": answer.status,
            "created_at": parts.now(),
        }
        session.execute(insert(tables.Answer), [row])
        if cited:
            common = {"workspace_id": workspace, "owner": id}
            session.execute(insert(tables.Citation), [{"excerpt_id": excerpt, **common} for excerpt in sorted(cited)])
    return id
