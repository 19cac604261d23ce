"""A run as one page: the tables, the difference to a baseline, and the worst cases with their texts."""

from pathlib import Path

from jinja2 import Environment, StrictUndefined

from eval.compare import compare, not_the_same
from eval.results import Figure, Results
from eval.tables import peer_cells, show, show_interval

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation, {{ results.created_at[:10] }}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24 }
  .wide { overflow-x: auto; margin: 1rem 0 } table { border-collapse: collapse }
  th, td { padding: .25rem .75rem; border-bottom: 1px solid #d4d8dd; text-align: left; vertical-align: top }
  th, td.number, td.interval { white-space: nowrap }
  td.number { text-align: right; font-variant-numeric: tabular-nums }
  td:first-child, th:first-child { position: sticky; left: 0; background: #fff; padding-left: 0 }
  .worse { color: #a40e26; font-weight: 600 }
  .better { color: #116329; font-weight: 600 }
  .quiet, dt { color: #57606a }
  dd { white-space: pre-wrap; overflow-wrap: anywhere }
  details { margin: .5rem 0; border-left: 3px solid #d4d8dd; padding-left: 1rem }
  summary { cursor: pointer; overflow-wrap: anywhere }
  @media (max-width: 40rem) { dd { margin-left: 1rem } th, td { padding: .25rem .5rem } }
</style>
<h1>Evaluation</h1>
<p class="quiet">{{ results.created_at }}, commit {{ results.commit or "unknown" }}, {{ results.machine.cpu }},
{{ results.machine.cores }} cores, {{ results.machine.memory_gib }} GiB, Python {{ results.machine.python }}</p>
<nav><ul>
{% for suite in results.suites %}
<li><a href="#s{{ loop.index }}">{{ suite.suite }} on {{ suite.data }}</a></li>
{% endfor %}
</ul></nav>
<p class="quiet">↑ more is better, ↓ less is better; figures without an arrow describe the run. A peer's column shows
its own figure and, after ×, the product's divided by it.</p>
{% if comparison %}
<h2>Against the baseline of {{ baseline.created_at[:10] }}</h2>
<p>{{ worse }} figure{{ "" if worse == 1 else "s" }} worse beyond the noise.</p>
{% if changed %}
<div class="wide" tabindex="0" role="region" aria-label="What changed">
<table>
  <tr><th>figure</th><th>base</th><th>now</th><th>verdict</th><th>change</th><th>suite</th><th>data</th></tr>
  {% for each in changed %}
  <tr><td>{{ each.figure }}</td>
  <td class="number">{{ show(each.base) }}</td>
  <td class="number">{{ show(each.new) }}</td>
  <td class="{{ each.verdict }}">{{ each.verdict }}</td>
  <td class="interval">{{ interval(each.low, each.high) or each.why }}</td>
  <td>{{ each.suite }}</td><td>{{ each.data }}</td></tr>
  {% endfor %}
</table>
</div>
{% else %}<p>Nothing changed beyond the noise.</p>{% endif %}
{% for name in comparison.unmatched %}<p class="quiet">Not compared: {{ name }}</p>{% endfor %}
{% endif %}
{% for suite in results.suites %}
<h2 id="s{{ loop.index }}">{{ suite.suite }} on {{ suite.data }}</h2>
<p class="quiet">{{ "{:,}".format(suite.rows) }} rows, SHA-256 {{ suite.sha256[:16] }}
{%- for name, value in suite.parameters.items() if value is not none %}, {{ name }} {{ value }}{% endfor %}</p>
{% for note in suite.notes %}<p class="quiet">{{ note }}</p>{% endfor %}
<div class="wide" tabindex="0" role="region" aria-label="Figures of {{ suite.suite }} on {{ suite.data }}">
<table>
  <tr><th>figure</th><th>value</th><th>95 % interval</th><th>n</th>
  {% for peer in suite.peers if peer.not_run is none %}<th>{{ peer.name }}</th>{% endfor %}</tr>
  {% for name, figure in suite.figures.items() %}
  <tr><td>{{ name }}{{ arrow(figure) }}</td>
  <td class="number">{{ show(figure.value) }}</td>
  <td class="interval">{{ interval(figure.low, figure.high) or figure.note }}</td>
  <td class="number">{{ "" if figure.n is none else "{:,}".format(figure.n) }}</td>
  {% for cell in cells(suite, name, figure) %}<td class="number">{{ cell }}</td>{% endfor %}</tr>
  {% endfor %}
</table>
</div>
{% for peer in suite.peers if peer.not_run %}<p class="quiet">{{ peer.name }}: {{ peer.not_run }}</p>{% endfor %}
{% if suite.cases %}<h3>Cases, the worst first</h3>{% endif %}
{% for case in suite.cases %}
<details><summary>{{ case.title }} <span class="quiet">({{ case.id }}, {{ show(case.score) }})</span></summary>
<dl>{% for what, text in case.texts %}<dt>{{ what }}</dt><dd>{{ text }}</dd>{% endfor %}</dl></details>
{% endfor %}
{% endfor %}
<h2>Versions</h2>
<p class="quiet">
{% for name, version in results.versions.items() %}{{ name }} {{ version }}{{ "" if loop.last else ", " }}{% endfor %}
</p>
</html>
"""


def write_page(results: Results, path: Path, baseline: Results | None = None) -> None:
    """Write the page; every text in it is escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    comparison = compare(baseline, results) if baseline else None
    page = environment.from_string(_PAGE).render(
        results=results,
        baseline=baseline,
        comparison=comparison,
        changed=not_the_same(comparison.differences) if comparison else [],
        worse=len(comparison.regressions) if comparison else 0,
        arrow=_arrow,
        show=show,
        interval=show_interval,
        cells=peer_cells,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, "utf-8")


def _arrow(figure: Figure) -> str:
    return {"higher": "\u00a0↑", "lower": "\u00a0↓", None: ""}[figure.better]
