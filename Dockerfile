# One image for every process: `synth serve`, `synth worker`, `synth migrate`, and `chroma run` (the version that is pinned).
# hdbscan and others come as wheels, so the first stage needs no compiler.
FROM python:3.12-slim AS built
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
# What is installed changes seldom, the code often: a layer of its own, from the two files that tell it.
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY scripts ./scripts
RUN python scripts/install_torch.py
RUN mkdir synth && touch synth/__init__.py && pip install -c constraints.txt -e '.[production]'
COPY api ./api
COPY eval ./eval
COPY prompts ./prompts
COPY samples ./samples
COPY synth ./synth
COPY workers ./workers
RUN pip install --no-deps -e . && pip uninstall --yes uv && python -m compileall -q synth api workers prompts

FROM python:3.12-slim
# libgomp: torch and scikit-learn count on it. The user has a number, so that Kubernetes can see it is not root.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin synth \
 && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=built /venv /venv
COPY --from=built /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 ANONYMIZED_TELEMETRY=False \
    SYNTH_HOME=/data SYNTH_HOST=0.0.0.0 SYNTH_LOG_FORMAT=json
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 8300
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=4 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8300/ready', timeout=4)"]
CMD ["synth", "serve"]
