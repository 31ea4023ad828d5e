import TestCharts
import TestWeb
import Testing
import ToolKit
import Writes

@testable import ChartRepositories

/// What a registry that is listed says of an image.
@Suite struct ImageLabelTests {
    private static let type = "application/vnd.oci.image.config.v1+json"
    private static let layer = (type: "application/vnd.oci.image.layer.v1.tar+gzip", bytes: [UInt8]([1, 2, 3]))

    private static func config(_ revision: String) -> [UInt8] {
        Array(
            #"{"os":"linux","config":{"Labels":{"org.opencontainers.image.revision":"\#(revision)","n":1}}}"#.utf8)
    }

    @Test func `the labels of an image are read, of several platforms those of one for Linux`() async throws {
        try await Bench.run { server in
            func push(_ tag: String?, _ revision: String) -> String {
                server.push(
                    "acme/shop", tag: tag, config: Self.config(revision), configType: Self.type, layers: [Self.layer])
            }
            let digest = push("1.0.0", "aaaaaaa")
            server.pushIndex(
                "acme/shop", tag: "2.0.0",
                of: [
                    (push(nil, "bbbbbbb"), "unknown/unknown"), (push(nil, "ccccccc"), "linux/arm64"),
                    (push(nil, "ddddddd"), "linux/amd64"),
                ])
            let fetcher = server.fetcher([server.registryEntry])
            let name = "127.0.0.1:\(server.web.port)/acme/shop"
            for (image, revision) in [
                ("\(name):1.0.0", "aaaaaaa"), ("\(name)@\(digest)", "aaaaaaa"), ("\(name):9.9.9@\(digest)", "aaaaaaa"),
                ("\(name):2.0.0", "ddddddd"),
            ] {
                let labels = try #require(try await fetcher.labels(ofImage: image))
                #expect(labels == ["org.opencontainers.image.revision": revision], "\(image)")
            }
            // The layers are not what is asked for.
            #expect(!server.web.requests.contains { $0.path.hasSuffix(TestChartServer.digest(Self.layer.bytes)) })
        }
    }

    @Test(arguments: ["nginx", "ghcr.io/acme/shop:1.0.0", "acme/shop", "not an image", "127.0.0.1:1/acme/shop", ""])
    func `an image of a registry that isn't listed is not asked for`(_ image: String) async throws {
        try await Bench.run { server in
            let labels = try await server.fetcher([server.registryEntry]).labels(ofImage: image)
            #expect(labels == nil)
            #expect(server.web.requests.isEmpty)
        }
    }

    @Test func `what the list of names doesn't allow is not asked for`() async throws {
        try await Bench.run { server in
            var entry = server.registryEntry
            entry.allowedCharts = ["charts/*"]
            let image = "127.0.0.1:\(server.web.port)/acme/shop:1.0.0"
            let labels = try await server.fetcher([entry]).labels(ofImage: image)
            #expect(labels == nil)
            #expect(server.web.requests.isEmpty)
        }
    }

    @Test func `an image that isn't there, and one without a configuration, are told and taken`() async throws {
        try await Bench.run { server in
            let fetcher = server.fetcher([server.registryEntry])
            let name = "127.0.0.1:\(server.web.port)/acme/shop"
            await #expect(throws: ToolFailure.self) { try await fetcher.labels(ofImage: "\(name):1.0.0") }
            server.push("acme/shop", tag: "1.0.0", config: [1], configType: Self.type, layers: [Self.layer])
            let labels = try await fetcher.labels(ofImage: "\(name):1.0.0")
            #expect(labels == [:])
            server.web.answer("GET", "/v2/acme/shop/blobs/", with: TestAnswer(200, "other"))
            await #expect(throws: ToolFailure.self) { try await fetcher.labels(ofImage: "\(name):1.0.0") }
        }
    }

    @Test func `names without a host are those of Docker Hub`() {
        #expect(OCIReference(image: "nginx:1.29")?.name == "library/nginx")
        #expect(OCIReference(image: "acme/shop")?.server == "registry-1.docker.io")
        #expect(OCIReference(image: "localhost/shop:1")?.host == "localhost")
    }
}
