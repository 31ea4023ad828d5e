# The operator's image: one binary with the Swift libraries in it, no shell commands at run time, any uid but root, and a
# root file system that may be read-only.
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libyaml-dev zlib1g-dev
WORKDIR /src
COPY Package.swift ./
COPY crds crds
COPY rbac rbac
COPY config config
COPY hack hack
COPY Sources Sources
COPY Tests Tests
# Without the trait Playground: no API server of ours in a cluster.
RUN swift build -c release --static-swift-stdlib --disable-default-traits --product skyflo
RUN strip -o /skyflo "$(swift build -c release --static-swift-stdlib --disable-default-traits --show-bin-path)/skyflo"

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libstdc++6 libyaml-0-2 tzdata zlib1g && rm -rf /var/lib/apt/lists/*
COPY --from=build /skyflo /usr/local/bin/skyflo
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/skyflo"]
CMD ["operator"]
