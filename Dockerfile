# Esteira in one image: the program, its production dependencies, and the Node.js of the base image.
# docs/deployment.md says how it is run, and why it takes the host's network.
ARG NODE_VERSION=26

# The studio is built here; what builds it stays here.
FROM node:${NODE_VERSION}-slim AS studio
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY web/package.json web/
RUN npm ci --workspace web --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY web web
# It places things as the processors do.
COPY src/processors src/processors
COPY src/kernel src/kernel
RUN npm run build --workspace web

FROM node:${NODE_VERSION}-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY web/package.json web/
# No dependency needs its install script here: native parts come as packages. ONNX Runtime brings its libraries for
# every system; those of the others are some 250 MB.
RUN npm ci --omit=dev --workspaces=false --ignore-scripts --no-audit --no-fund \
  && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d \
    ! -path "*/linux/$(node -p process.arch)" -exec rm -rf {} +

FROM node:${NODE_VERSION}-slim
# tini passes signals on and buries orphans, which a process number 1 must do.
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node -m 0700 /data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY src src
COPY --from=studio /app/web/dist web/dist

# The program's files belong to root: the server can read them, and write to its data alone.
USER node
ENV NODE_ENV=production ESTEIRA_DATA_DIR=/data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ESTEIRA_PORT ?? 3000}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "node", "bin/esteira.js"]
CMD ["start"]
