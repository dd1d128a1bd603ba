# What npm has fetched before, where nothing can be fetched: docs/production.md#without-a-network. Else it is empty.
FROM scratch AS npm-cache

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=bind,from=npm-cache,target=/npm-cache,rw npm ci --include=dev --ignore-scripts --cache /npm-cache --prefer-offline
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN node scripts/setup.mjs build

FROM node:20.20.2-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=bind,from=npm-cache,target=/npm-cache,rw npm ci --omit=dev --ignore-scripts --cache /npm-cache --prefer-offline

FROM node:20.20.2-bookworm-slim
# Temporal's native client verifies TLS against the system's certificates: those that Node brings, for Debian's would have to be fetched.
RUN install -d /etc/ssl/certs && node -p 'tls.rootCertificates.join("\n")' > /etc/ssl/certs/ca-certificates.crt
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY bin bin
COPY examples examples
# A volume that is mounted on one of these belongs to the user that writes it.
RUN install -d -o node -g node /audit /state
USER node
ENTRYPOINT ["node", "bin/assist-rollouts"]
CMD ["--help"]
