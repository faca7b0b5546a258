"""The site: static pages for papers, things and repositories, made from a graph, for any web server or folder."""

from exports.site.writer import SiteReport, write_site

__all__ = ["SiteReport", "write_site"]
