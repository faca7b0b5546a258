"""An extractor that asks a language model behind an OpenAI-compatible chat endpoint, and believes only what it finds.

``kg build papers.jsonl --extractor llm`` or, for what the local model is unsure about alone, ``--extractor best,llm``.
The endpoint is named by environment variables (``KG_LLM_URL``, ``KG_LLM_MODEL``, ``KG_LLM_KEY``).
"""

from extractors.llm.extractor import LlmExtractor, make_extractor

__all__ = ["LlmExtractor", "make_extractor"]
