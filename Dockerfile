# Neurite from source: node, engine and command line in one image. Needs BuildKit for its caches:
#   docker build -t neurite .
FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends sudo git python3 python3-pip build-essential
WORKDIR /src
COPY . .
# scripts/setup chooses and installs the toolchain, compiles RocksDB and fetches ONNX Runtime, as on any fresh machine.
RUN ./scripts/setup
RUN bash -c '. scripts/lib/common.sh && build_environment && cargo build --release --locked -p neurite-node -p neurite-e2 -p neurite \
    && mkdir -p /out && cp "$CARGO_TARGET_DIR"/release/neurite-node "$CARGO_TARGET_DIR"/release/neurite-e2 "$CARGO_TARGET_DIR"/release/neurite /out/'

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates ffmpeg libstdc++6 libssl3 && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 neurite && install -d -o neurite -g neurite /data
COPY --from=build /out/ /usr/local/bin/
COPY --from=build /src/.deps/libonnxruntime.so /opt/neurite/.deps/libonnxruntime.so
COPY models/ /opt/neurite/models/
COPY examples/ /opt/neurite/examples/
COPY --chmod=755 deploy/engine.sh /usr/local/bin/engine.sh
ENV NEURITE_ASSETS=/opt/neurite
USER neurite
VOLUME /data
CMD ["neurite", "--help"]
