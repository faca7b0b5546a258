"""A static site: a page for every paper and every thing, for any web server."""

from exports.pages.site.build import SiteReport, write_site

__all__ = ["SiteReport", "write_site"]
