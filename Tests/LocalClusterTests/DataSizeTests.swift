import KubeModel
import Testing

@testable import LocalCluster

/// How much data a Secret and a ConfigMap may hold.
struct DataSizeTests {
    let cluster: InProcess

    init() throws { cluster = try InProcess() }

    private static let limit = 1_048_576

    @Test func `a Secret may hold a mebibyte of decoded data, and not a byte more`() {
        let secrets = "/api/v1/namespaces/default/secrets"
        func secret(_ name: String, size: Int) -> JSONValue {
            let half = String(repeating: "x", count: size / 2)
            let rest = String(repeating: "x", count: size - size / 2)
            return ["metadata": ["name": .string(name)], "stringData": ["a": .string(half), "b": .string(rest)]]
        }
        #expect(cluster.send("POST", secrets, secret("fits", size: Self.limit)).status == 201)
        let answer = cluster.send("POST", secrets, secret("big", size: Self.limit + 1))
        #expect(answer.status == 422)
        #expect(
            answer.message == "Secret \"big\" is invalid: data: Too long: may not be more than 1048576 bytes")
        #expect(cluster.send("PUT", secrets + "/fits", secret("fits", size: Self.limit + 1)).status == 422)
    }

    @Test func `text and binary data of a ConfigMap count together, decoded`() {
        func map(_ name: String, text: Int) -> JSONValue {
            var object = configMap(name, ["a": String(repeating: "x", count: text)])
            // One byte.
            object["binaryData"] = ["b": "AA=="]
            return object
        }
        #expect(cluster.send("POST", configMaps, map("fits", text: Self.limit - 1)).status == 201)
        let answer = cluster.send("POST", configMaps, map("big", text: Self.limit))
        #expect(answer.message == "ConfigMap \"big\" is invalid: []: Too long: may not be more than 1048576 bytes")
    }
}
