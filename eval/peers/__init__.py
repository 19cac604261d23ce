"""Other ways to do what the product does, on the same rows in the same run; what cannot run says why.

A peer is a function in a module here. `needs` are the modules it imports beyond the product's own; where one is missing
the peer is reported as not run, never as beaten.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from eval.results import PeerResult
from synth.errors import BadInput


@dataclass(frozen=True, slots=True)
class Peer:
    """A named rival of one suite; `made_by` is module:function."""

    name: str
    suite: str
    made_by: str
    needs: tuple[str, ...] = ()

    def missing(self) -> list[str]:
        """The packages it needs that are not installed."""
        return [name for name in self.needs if find_spec(name) is None]

    def load(self) -> Callable[..., Any]:
        """Its function."""
        module, name = self.made_by.split(":")
        function: Callable[..., Any] = getattr(import_module(module), name)
        return function


PEERS: Mapping[str, Peer] = {
    peer.name: peer
    for peer in (
        Peer("kmeans-oracle", "themes", "eval.peers.clustering:kmeans_oracle"),
        Peer("hdbscan-raw", "themes", "eval.peers.clustering:hdbscan_raw"),
        Peer("umap-hdbscan", "themes", "eval.peers.clustering:umap_hdbscan", ("umap",)),
        Peer("bertopic", "themes", "eval.peers.bertopic_default:bertopic", ("bertopic", "umap")),
        Peer("bertopic-reduced", "themes", "eval.peers.bertopic_default:bertopic_reduced", ("bertopic", "umap")),
        Peer("ctfidf", "themes", "eval.peers.bertopic_default:ctfidf", ("bertopic",)),
        Peer("bm25", "retrieval", "eval.peers.ranking:Bm25"),
        Peer("dense", "retrieval", "eval.peers.ranking:Dense"),
        Peer("nearest", "coding", "eval.peers.coding:nearest"),
        Peer("majority", "coding", "eval.peers.coding:majority"),
        Peer("torch-encode", "speed", "eval.peers.encoding:torch_encode"),
    )
}


def chosen(names: Sequence[str], suite: str) -> tuple[list[Peer], list[PeerResult]]:
    """The peers of a suite that can run, and those that cannot; raises BadInput for a name there is not."""
    for name in names:
        if name not in PEERS:
            raise BadInput(f"There is no peer '{name}'; choose from {', '.join(PEERS)}.")
    mine = [PEERS[name] for name in names if PEERS[name].suite == suite]
    ready = [peer for peer in mine if not peer.missing()]
    return ready, [not_run(peer, _advice(peer)) for peer in mine if peer.missing()]


def _advice(peer: Peer) -> str:
    return f"{' and '.join(peer.missing())} not installed, see docs/evaluation.md"


def not_run(peer: Peer, reason: str) -> PeerResult:
    """A peer without figures, and why."""
    return PeerResult(peer.name, not_run=f"not run: {reason}")
