import KubeClient
import KubeModel
import Testing

@Suite struct WatchTests {
    private static func line(_ type: String, _ name: String, version: Int) -> String {
        #"{"type":"\#(type)","object":{"kind":"Pod","apiVersion":"v1","#
            + #""metadata":{"name":"\#(name)","resourceVersion":"\#(version)"}}}"#
    }

    /// Every event in short, up to the end of the stream.
    private func events(_ chunks: [String]) async throws -> [String] {
        try await FakeAPI(chunks: chunks.map { [UInt8]($0.utf8) }).watch(.pods) { events in
            var result: [String] = []
            while let event = try await events.next() { result.append(short(event)) }
            return result
        }
    }

    private func short(_ event: WatchEvent) -> String {
        switch event {
        case .added(let object): "+\(object.name)"
        case .modified(let object): "~\(object.name)"
        case .deleted(let object): "-\(object.name)"
        case .bookmark(let version, let end): "@\(version)\(end ? "!" : "")"
        case .error(let status): "error \(status.code)"
        }
    }

    @Test func `events come in order, whatever the chunks`() async throws {
        let text = [
            Self.line("ADDED", "a", version: 1), Self.line("MODIFIED", "a", version: 2),
            Self.line("DELETED", "a", version: 3),
            #"{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"9","#
                + #""annotations":{"k8s.io/initial-events-end":"true"}}}}"#,
            "", "\r",
            #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}"#,
        ].joined(separator: "\n")
        let expected = ["+a", "~a", "-a", "@9!", "error 410"]
        #expect(try await events([text + "\n"]) == expected)
        #expect(try await events(text.map(String.init)) == expected, "also without a line feed at the end")
    }

    @Test(arguments: ["garbage\n", "{}\n", #"{"type":"NEW","object":{}}"# + "\n", #"{"type":"ADDED","obj"#, "[1]\n"])
    func `what is no event is a bad response`(text: String) async throws {
        let error = await #expect(throws: KubeClientError.self) { try await events([text]) }
        #expect(error?.code == .badResponse)
    }

    @Test func `after the end there is nothing more`() async throws {
        try await FakeAPI(chunks: []).watch(.pods) { events in
            for _ in 0..<2 {
                let event = try await events.next()
                #expect(event == nil)
            }
        }
    }

    @Test func `the options become the query`() async throws {
        let api = FakeAPI()
        let options = WatchOptions(
            resourceVersion: "7", labelSelector: LabelSelector(matching: ["a": "b"]), fieldSelector: "metadata.name=x",
            allowBookmarks: false, sendInitialEvents: true, timeoutSeconds: 30)
        try await api.watch(.pods, namespace: "shop", options: options) { _ in }
        let target = try #require(api.requests.first?.target)
        #expect(target.hasPrefix("/api/v1/namespaces/shop/pods?watch=true&"))
        for part in [
            "labelSelector=a%3Db", "fieldSelector=metadata.name%3Dx", "resourceVersion=7", "allowWatchBookmarks=true",
            "sendInitialEvents=true", "resourceVersionMatch=NotOlderThan", "timeoutSeconds=30",
        ] { #expect(target.contains(part)) }
        try await api.watch(.pods, options: WatchOptions(allowBookmarks: false)) { _ in }
        #expect(api.requests.last?.target == "/api/v1/pods?watch=true")
    }
}
