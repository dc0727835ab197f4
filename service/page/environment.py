"""The templates of the page, one environment for each language.

Every value is escaped, and a name that is not there is an error.
"""

from datetime import tzinfo
from functools import cache
from typing import Final

import jinja2

from service.page.assets import asset_url
from service.page.languages import Language, words_of
from service.page.wording import filters

TEMPLATES: Final = "templates"


@cache
def environment(language: Language, zone: tzinfo) -> jinja2.Environment:
    """What renders pages in a language, with times of a zone."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("service.page", TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.policies["ext.i18n.trimmed"] = True  # a message may stand on several lines
    words = words_of(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension i18n
        words.gettext,
        words.ngettext,
        newstyle=True,
        pgettext=words.pgettext,
        npgettext=words.npgettext,
    )
    made.filters.update(filters(language, zone))
    made.globals["asset"] = asset_url
    return made
