import KubeModel
import Testing

@testable import LocalCluster

struct ProtobufTests {
    private func bytes(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(content.count)] + content
    }

    private func text(_ number: UInt8, _ text: String) -> [UInt8] { bytes(number, Array(text.utf8)) }

    private func envelope(_ apiVersion: String, _ kind: String, _ message: [UInt8]) -> [UInt8] {
        [0x6B, 0x38, 0x73, 0x00] + bytes(1, text(1, apiVersion) + text(2, kind)) + bytes(2, message)
    }

    @Test func `a config map is read, without what is empty`() throws {
        let metadata = bytes(1, text(1, "m") + text(2, "") + [7 << 3, 0] + bytes(8, []))
        let entries = bytes(2, text(1, "b") + text(2, "2")) + bytes(2, text(1, "a") + text(2, "1"))
        let object = try ProtobufObject.json(envelope("v1", "ConfigMap", metadata + entries))
        #expect(
            object == [
                "kind": "ConfigMap", "apiVersion": "v1", "metadata": ["name": "m"], "data": ["a": "1", "b": "2"],
            ])
        #expect(object["data"]?.object?.keys == ["a", "b"])
    }

    @Test func `a zero that is said on purpose stays, and inner members come out`() throws {
        let spec = bytes(2, [1 << 3, 0])
        let deployment = try ProtobufObject.json(envelope("apps/v1", "Deployment", spec))
        #expect(deployment["spec"] == ["replicas": 0])
        // Probe.handler is no member of its own in JSON; a port is a number or a text.
        let port = bytes(2, [1 << 3, 1] + text(3, "http"))
        let container = bytes(2, text(1, "c") + bytes(10, bytes(1, bytes(2, port))))
        let pod = try ProtobufObject.json(envelope("v1", "Pod", bytes(2, container)))
        #expect(pod["spec", "containers"]?.array?.first?["livenessProbe"] == ["httpGet": ["port": "http"]])
    }

    @Test(arguments: ["v1", "apps/v1"])
    func `options of a deletion are read in every group version`(_ version: String) throws {
        let options = bytes(2, text(1, "u")) + text(4, "Background")
        let object = try ProtobufObject.json(envelope(version, "DeleteOptions", options))
        #expect(object["propagationPolicy"] == "Background" && object["preconditions"] == ["uid": "u"])
    }

    @Test func `what isn't Kubernetes protobuf is refused`() {
        #expect(throws: ProtobufObject.Failure.self) { try ProtobufObject.json(Array("{}".utf8)) }
        #expect(throws: ProtobufObject.Failure.self) { try ProtobufObject.json(envelope("v1", "Nothing", [])) }
        // A length beyond the end.
        #expect(throws: ProtobufObject.Failure.self) {
            try ProtobufObject.json(envelope("v1", "ConfigMap", [1 << 3 | 2, 200]))
        }
        for length in 0..<20 {
            let cut = Array(envelope("v1", "ConfigMap", bytes(1, text(1, "m"))).prefix(length))
            #expect(throws: ProtobufObject.Failure.self) { try ProtobufObject.json(cut) }
        }
    }

    @Test(arguments: [
        ("1", true), ("1.5Gi", true), ("100m", true), ("1e3", true), ("-2", true), ("lots", false), ("1.2.3", false),
        ("1KB", false), ("", false),
    ])
    func `quantities are numbers with a suffix`(_ text: String, _ isValid: Bool) {
        #expect(GoTypes.isQuantity(text) == isValid)
    }

    @Test func `of members that stand twice the last counts, and each is named`() throws {
        let text = #"{"a":{"b":1,"c":["x\"",{"d":1,"d":2}],"b":{"e":[]}},"f":null}"#
        let result = DuplicateMembers.removed(from: Array(text.utf8))
        #expect(result.paths == ["a.c[1].d", "a.b"])
        #expect(
            try JSONParser.parse(result.bytes) == ["a": ["b": ["e": []], "c": ["x\"", ["d": 2]]], "f": .null])
        for broken in [#"{"a":1,"a":2"#, #"{"a":1,"a":[1"#, #"{"a":1,"a":}"#, #"{"a":1 "a":2 x}"#] {
            _ = DuplicateMembers.removed(from: Array(broken.utf8))
        }
    }
}
