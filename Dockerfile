# Built by `docker build .`, or without an engine by `scripts/build-image.sh`; how it is run: docs/deployment.md.

# Compiles the service. What comes out is the same for every architecture, so that it is built once, on the builder's own.
FROM --platform=$BUILDPLATFORM node:24-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=optional --loglevel=error
COPY tsconfig.json nest-cli.json ./
COPY scripts/image/tsconfig.json scripts/image/
COPY migrations migrations
COPY src src
RUN node_modules/.bin/nest build --path scripts/image/tsconfig.json \
  && chmod 755 dist/src/commands/amq-gateway.js

# What the service needs at run time, for the architecture it runs on.
FROM node:24-bookworm AS dependencies
WORKDIR /app
# The SQLite driver is compiled here, by the image's own headers: a prebuilt one is not in the lockfile, and may want a
# newer C library than this Debian's.
ENV npm_config_build_from_source=true npm_config_nodedir=/usr/local
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --loglevel=error
COPY scripts/image/prune.mjs scripts/image/
RUN node scripts/image/prune.mjs node_modules

FROM node:24-bookworm-slim
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="amq-gateway" \
  org.opencontainers.image.description="Amazon Q Developer accounts behind the Anthropic Messages and OpenAI APIs" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
# The service starts no other program: neither package managers nor their caches are of use to it, or to an intruder.
# Whoever runs it as another user keeps group 0 (OpenShift does) and can write to /data.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
  && ln -s /app/dist/src/commands/amq-gateway.js /usr/local/bin/amq-gateway \
  && install -d -o 1000 -g 0 -m 0770 /data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY --from=build /app/dist dist
# What SQLite sorts (a new index over many requests) outgrows a /tmp in memory: it goes where the database has room.
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  DATABASE_PATH=/data/amq-gateway.db \
  SQLITE_TMPDIR=/data
USER 1000:1000
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "/app/dist/src/commands/health/check.js"]
# Node is the first process: it hears signals before it loads anything else, and has no children to bury.
ENTRYPOINT ["node", "--enable-source-maps", "/app/dist/src/commands/amq-gateway.js"]
CMD ["serve"]
