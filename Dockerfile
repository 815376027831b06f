# syntax=docker/dockerfile:1
# The service of Alliage, with what is bundled; the store lies in the volume /data.
FROM python:3.13-slim AS build
WORKDIR /source
COPY requirements/run.lock requirements/run.lock
RUN python -m venv /opt/alliage && /opt/alliage/bin/pip install --no-cache-dir --require-hashes -r requirements/run.lock
COPY pyproject.toml README.md LICENCE ./
COPY graph graph
COPY ingest ingest
COPY queries queries
COPY api api
COPY viz viz
RUN /opt/alliage/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home alliage && install -d -o alliage -g alliage /data
COPY --from=build /opt/alliage /opt/alliage
ENV PATH=/opt/alliage/bin:$PATH PYTHONUNBUFFERED=1 ALLIAGE_STORE=/data/alliage.db
USER alliage
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/ready', timeout=4)"]
CMD ["alliage", "serve", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
