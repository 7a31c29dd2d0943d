# The image holds the program and the shipped configuration; mount your own over /srv/config.
# Paths in the configuration start at /srv, so data/sample.db is on the volume /srv/data.
FROM python:3.14-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/freshness \
 && /opt/freshness/bin/pip install --no-cache-dir --disable-pip-version-check \
    --constraint constraints.txt ".[cluster]"

FROM python:3.14-slim
ARG VERSION=unversioned
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Account freshness monitor" \
      org.opencontainers.image.description="Keeps the Weibo and WeChat accounts of public bodies from going silent" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.documentation="docs/operations.md" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /srv freshness \
 && install -d -o freshness -g freshness /srv/data
COPY --from=build /opt/freshness /opt/freshness
COPY config /srv/config
ENV PATH=/opt/freshness/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FRESHNESS_CONFIG=/srv/config \
    FRESHNESS_LISTEN=0.0.0.0:8080
EXPOSE 8080
WORKDIR /srv
USER freshness
VOLUME /srv/data
# Whether the service makes its passes: a gateway that fails is no reason to restart it.
HEALTHCHECK --interval=60s --timeout=20s --start-period=120s --retries=3 CMD ["freshness", "alive"]
ENTRYPOINT ["freshness"]
CMD ["run"]
