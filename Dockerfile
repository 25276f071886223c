# Termduet on the CPU (`docker build --target cpu .`) and on an NVIDIA GPU (`--target cuda`).
#
#   docker build --target cpu -t termduet:cpu .
#   docker run --rm -p 127.0.0.1:8080:8080 -v termduet:/data termduet:cpu
#
# begins with the sample release in an embedded store; a key for the page and the API is printed, or given by
# `-e TERMDUET_API_KEY=…`. For both kinds of processor: `docker buildx build --platform linux/amd64,linux/arm64 …`.
# Node runs the sources as they are, so there is nothing to build but the dependencies.
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY tools ./tools
# --ignore-scripts: no dependency needs its script on this image, which brings Node 24 itself.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM dependencies AS cuda-dependencies
# The CUDA build of ONNX Runtime comes from Microsoft's feed, not from npm.
RUN ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install

FROM node:24.21.0-bookworm-slim AS cpu
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
RUN ln -s /app/bin/termduet.js /usr/local/bin/termduet \
  && mkdir -p /data && chown node:node /data
USER node
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["termduet"]
CMD ["start", "--host", "0.0.0.0"]

FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04 AS cuda
ENV NODE_ENV=production TERMDUET_PROVIDER=cuda
COPY --from=cpu /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=cuda-dependencies /app/node_modules ./node_modules
COPY . .
RUN ln -s /app/bin/termduet.js /usr/local/bin/termduet \
  && mkdir -p /data && chown ubuntu:ubuntu /data
USER ubuntu
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["termduet"]
CMD ["start", "--host", "0.0.0.0"]
