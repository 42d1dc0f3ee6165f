# One image; the command chooses the process: run (the default), daemon, worker, tail, ...
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NEWSWIRE_DATA_DIR=/data \
    NEWSWIRE_HTTP__HOST=0.0.0.0 \
    NEWSWIRE_HTTP__PORT=8080

WORKDIR /src
COPY . .
RUN pip install --no-cache-dir -c config/constraints.txt . \
    && useradd --system --uid 10001 --home-dir /data newswire \
    && install -d -o newswire -g newswire /data

USER newswire
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM

# Asks Redis, which every process needs, rather than the HTTP port, which only some open.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["newswire", "status", "--json"]

ENTRYPOINT ["newswire"]
CMD ["run"]
