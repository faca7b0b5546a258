"""Resolution: names of many papers become nodes, every merge explained.

``resolve`` is the front door; ``kg.merges`` holds the decisions that people make about it.
"""

from kg.resolution.resolver import resolve
from kg.resolution.result import Resolution
from kg.resolution.slugs import slug

__all__ = ["Resolution", "resolve", "slug"]
