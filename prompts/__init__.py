"""Prompts as data: one file per name and version, read by `synth.llm.templates`; a changed prompt is a new version."""
