"""A run as one page: the tables, the difference to a baseline, and the worst cases with their texts."""

from pathlib import Path

from jinja2 import Environment, StrictUndefined

from eval.compare import compare, not_the_same
from eval.results import Results
from eval.tables import peer_cells, show, show_interval

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation, {{ results.created_at[:10] }}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24 }
  table { border-collapse: collapse; margin: 1rem 0 } caption { text-align: left; font-weight: 600 }
  th, td { padding: .25rem .75rem; border-bottom: 1px solid #d4d8dd; text-align: left; vertical-align: top }
  td.number { text-align: right; font-variant-numeric: tabular-nums }
  .worse { color: #a40e26; font-weight: 600 }
  .better { color: #116329; font-weight: 600 }
  .quiet, dt { color: #57606a }
  dd { white-space: pre-wrap }
  details { margin: .5rem 0; border-left: 3px solid #d4d8dd; padding-left: 1rem }
</style>
<h1>Evaluation</h1>
<p class="quiet">{{ results.created_at }}, commit {{ results.commit or "unknown" }}, {{ results.machine.cpu }},
{{ results.machine.cores }} cores, {{ results.machine.memory_gib }} GiB, Python {{ results.machine.python }}</p>
{% if comparison %}
<h2>Against the baseline of {{ baseline.created_at[:10] }}</h2>
{% if changed %}
<table>
  <tr><th>suite</th><th>data</th><th>figure</th><th>base</th><th>now</th><th>change</th><th></th></tr>
  {% for each in changed %}
  <tr><td>{{ each.suite }}</td><td>{{ each.data }}</td><td>{{ each.figure }}</td>
  <td class="number">{{ show(each.base) }}</td>
  <td class="number">{{ show(each.new) }}</td><td>{{ interval(each.low, each.high) }}</td>
  <td class="{{ each.verdict }}">{{ each.verdict }} {{ each.why }}</td></tr>
  {% endfor %}
</table>
{% else %}<p>Nothing changed beyond the noise.</p>{% endif %}
{% for name in comparison.unmatched %}<p class="quiet">Not compared: {{ name }}</p>{% endfor %}
{% endif %}
{% for suite in results.suites %}
<h2>{{ suite.suite }} on {{ suite.data }}</h2>
<p class="quiet">{{ "{:,}".format(suite.rows) }} rows, SHA-256 {{ suite.sha256[:16] }};
{% for name, value in suite.parameters.items() %}{{ name }} {{ value }}{{ "" if loop.last else ", " }}{% endfor %}</p>
<table>
  <tr><th>figure</th><th>value</th><th>95 % interval</th><th>n</th>
  {% for peer in suite.peers if peer.not_run is none %}<th>{{ peer.name }} (× product to it)</th>{% endfor %}</tr>
  {% for name, figure in suite.figures.items() %}
  <tr><td>{{ name }}</td><td class="number">{{ show(figure.value) }}</td>
  <td>{{ interval(figure.low, figure.high) }}</td>
  <td class="number">{{ "" if figure.n is none else figure.n }}</td>
  {% for cell in cells(suite, name, figure) %}<td class="number">{{ cell }}</td>{% endfor %}</tr>
  {% endfor %}
</table>
{% for note in suite.notes %}<p class="quiet">{{ note }}</p>{% endfor %}
{% for peer in suite.peers if peer.not_run %}<p class="quiet">{{ peer.name }}: {{ peer.not_run }}</p>{% endfor %}
{% if suite.cases %}<h3>Worst cases</h3>{% endif %}
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
        show=show,
        interval=show_interval,
        cells=peer_cells,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, "utf-8")
