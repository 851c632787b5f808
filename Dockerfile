# docker build --tag registry.example.com/reconciler:0.1.0 .
# To pin the base, too: --build-arg PYTHON=python:3.13-slim-bookworm@sha256:… (docker buildx imagetools inspect prints it).
ARG PYTHON=python:3.13-slim-bookworm

# Every package is installed by the hash of its file: a file that was exchanged in the index is refused.
FROM ${PYTHON} AS build
COPY requirements /src/requirements
RUN python -m venv /opt/reconciler \
 && /opt/reconciler/bin/python -m pip install --no-cache-dir --require-hashes -r /src/requirements/run.txt \
 && python -m pip install --no-cache-dir --require-hashes -r /src/requirements/build.txt
COPY . /src
RUN python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels /src \
 && /opt/reconciler/bin/python -m pip install --no-cache-dir --no-deps --no-index /wheels/*.whl \
 && /opt/reconciler/bin/python -m pip uninstall --yes pip

FROM ${PYTHON}
# The recipes for Kubernetes clone the manifests. Debian keeps only the newest version of a package, so none is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/reconciler /opt/reconciler
# The root may be read-only: nothing is written outside of the folders that options name, and Python keeps no caches.
ENV PATH=/opt/reconciler/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /manifests
ENTRYPOINT ["reconciler"]
CMD ["--help"]
