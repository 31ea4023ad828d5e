import KubeModel
import LanguageModels
import LocalCluster

extension FuzzTarget {
    /// However the bytes of an answer are cut, they mean the same.
    static let modelReply = FuzzTarget.text(
        "model-reply",
        corpus: [
            """
            data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"k8s_get","arguments":"{\\"resource"}}]}}]}

            data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"_type\\":\\"pods\\"}"}},{"index":1,"id":"call_1","function":{"name":"x","arguments":{}}}]}}]}

            data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":5,"completion_tokens":7}}

            data: [DONE]


            """,
            #"{"choices":[{"message":{"content":[{"type":"text","text":"é"}],"tool_calls":[{"id":"a b","function":{"name":"n","arguments":"{}"}}]},"finish_reason":"stop"}]}"#,
            ": comment\r\nevent: x\r\ndata: {\"error\":{\"message\":\"no\",\"code\":429}}\r\n\r\n",
            "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\",\"refusal\":\"no\"},\"finish_reason\":\"length\"}]}\n\n",
        ],
        words: [
            "data: ", "\n\n", "\r\n\r\n", "\n", "\r", "event: ", "[DONE]", "{", "}", "[", "]", "\"delta\":",
            "\"message\":",
            "\"tool_calls\":[", "\"index\":0,", "\"index\":-1,", "\"index\":1e99,", "\"id\":\"call_1\",",
            "\"id\":\"\",",
            "\"function\":{\"name\":\"x\",\"arguments\":\"", "\"finish_reason\":\"stop\"", "null", "\\", "\u{FEFF}",
            "é", "\u{0}",
            "9223372036854775807", "-", "<html>",
        ]
    ) { input in
        let whole = reply(input, pieces: input.count + 1)
        for size in [1, 7] {
            try require(reply(input, pieces: size) == whole, "in pieces of \(size) bytes it is another reply")
        }
    }

    /// nil for any error.
    private static func reply(_ bytes: [UInt8], pieces size: Int) -> DecodedReply? {
        // More than an input has: what lies behind the end counts only where it comes in one piece with it.
        guard var decoder = try? OpenAIChatAPI(model: "m", baseURL: "https://h", apiKey: nil).decoder(limit: 1 << 22)
        else { return nil }
        var rest = bytes[...]
        while !rest.isEmpty, !decoder.sawEnd {
            guard (try? decoder.push(Array(rest.prefix(size)))) != nil else { return nil }
            rest = rest.dropFirst(size)
        }
        return try? decoder.finish()
    }

    /// As a server reads a field selector.
    static func comparedValues(_ selector: String) throws -> [String] {
        let selector = try ServedFieldSelector(parsing: selector)
        _ = selector.matches { $0 }
        return selector.terms.map(\.value)
    }

    /// Objects in protobuf come from anybody who reaches the server.
    static let protobuf = FuzzTarget(
        name: "protobuf", words: [],
        generate: { protobufMutator.next(&$0) },
        check: { input in
            guard let json = try? ProtobufObject.json(input) else { return }
            try require(
                (try? JSONParser.parse(JSONWriter.bytes(json))) == json, "what was read can't be written as JSON")
        })

    private static let protobufMutator = TextMutator(
        corpus: [
            object("v1", "Namespace", field(1, metadata)),
            object("apps/v1", "Deployment", field(1, metadata) + field(2, [8, 3] + field(3, field(1, metadata)))),
            object(
                "authorization.k8s.io/v1", "SelfSubjectAccessReview", field(2, field(1, field(1, Array("ns".utf8))))),
            object("v1", "Pod", field(1, metadata) + field(2, field(2, field(1, Array("a".utf8))))),
        ],
        words: [
            [0x0A], [0x12], [0x1A], [0x08], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            [0x0A, 0xFF, 0x7F],
            [0x0D, 1, 2, 3, 4], [0x09, 1, 2, 3, 4, 5, 6, 7, 8], [0x0B], [0x80], Array("v1".utf8), Array("Pod".utf8),
            Array("Secret".utf8), field(1, []), metadata,
        ])

    private static let metadata =
        field(1, Array("web".utf8)) + field(3, Array("shop".utf8))
        + field(11, field(1, Array("a".utf8)) + field(2, Array("b".utf8)))

    private static func object(_ version: String, _ kind: String, _ raw: [UInt8]) -> [UInt8] {
        [0x6B, 0x38, 0x73, 0] + field(1, field(1, Array(version.utf8)) + field(2, Array(kind.utf8))) + field(2, raw)
    }

    /// Of less than 128 bytes.
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(truncatingIfNeeded: bytes.count)] + bytes
    }
}
