import KubeModel
import Testing

@Suite struct PackedObjectTests {
    private let pod: JSONValue = [
        "apiVersion": "v1", "kind": "Pod",
        "metadata": [
            "name": "web-1", "namespace": "shop", "uid": "u1", "resourceVersion": "17", "generation": 3,
            "creationTimestamp": "2026-01-02T03:04:05Z", "labels": ["app": "web"], "finalizers": ["a/b"],
            "ownerReferences": [["apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "u0"]],
        ], "spec": ["containers": [["name": "c", "image": "nginx"]]],
    ]

    @Test func `a packed object reads as its tree`() {
        let tree = KubeObject(pod)
        let packed = tree.packed()
        #expect(packed.key == tree.key && packed.uid == "u1" && packed.resourceVersion == "17")
        #expect(packed.generation == 3 && packed.labels == ["app": "web"] && packed.finalizers == ["a/b"])
        #expect(packed.ownerReferences == tree.ownerReferences && packed.creationTimestamp == tree.creationTimestamp)
        #expect(packed["spec", "containers"] == tree["spec", "containers"])
        #expect(packed["spec", "none"] == nil && packed["none", "x"] == nil && packed["kind", "x"] == nil)
        #expect(packed == tree && packed.hashValue == tree.hashValue && packed.json == pod && packed.decoded() == tree)
    }

    @Test func `changing a packed object changes what it reads`() {
        var object = KubeObject(pod).packed()
        object["spec", "nodeName"] = "n1"
        object.labels["x"] = "y"
        #expect(object["spec", "nodeName"] == "n1" && object.labels == ["app": "web", "x": "y"])
        #expect(object["spec", "containers"] == pod["spec", "containers"])
    }

    @Test func `any member of any object reads the same packed`() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<300 {
            let value = JSONValue.random(depth: 4, &random)
            let packed = KubeObject(value).packed()
            #expect(packed.json == value)
            for (key, member) in value.object ?? [:] {
                #expect(packed[key] == member)
                for (inner, leaf) in member.object ?? [:] { #expect(packed[key, inner] == leaf) }
            }
        }
    }

    @Test(arguments: [
        #"{"metadata":{"managedFields":[{"a":"]}"}]}}"#, #"{"metadata":{"managedFields":[],"name":"x"},"spec":{}}"#,
        #"{"metadata":{"name":"x","managedFields":[{"f:k:{\"n\":1}":{}}],"uid":"u"}}"#,
        #"{"metadata": {"name":"x" , "managedFields" : null }}"#, #"{"metadata":{"managed\u0046ields":1,"name":"x"}}"#,
        #"{"metadata":{"name":"managedFields"},"managedFields":1}"#, #"{"metadata":[],"x":1}"#, "{}",
    ])
    func `managed fields go, and nothing else`(_ text: String) throws {
        var expected = try JSONParser.parse(text)
        if expected["metadata", "managedFields"] != nil { expected["metadata", "managedFields"] = nil }
        let list = try KubeList(parsing: Array(#"{"kind":"L","items":[\#(withKind(text))]}"#.utf8))
        var result = try #require(list.items.first).withoutManagedFields()
        #expect(result.withoutManagedFields() == result)
        result["kind"] = nil
        #expect(result.json == expected)
        #expect(KubeObject(try JSONParser.parse(text)).withoutManagedFields().json == expected)
    }

    private func withKind(_ text: String) -> String {
        text == "{}" ? #"{"kind":"K"}"# : #"{"kind":"K","# + text.dropFirst()
    }
}

@Suite struct PackedListTests {
    @Test(arguments: [
        #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"5","continue":"t"},"items":[{"metadata":{"name":"a"}},{}]}"#,
        #"{"apiVersion":"x/v1","items":[{"apiVersion":"x/v2","kind":"X","metadata":{"name":"a"}}],"kind":"XList","metadata":{"resourceVersion":"5"}}"#,
        #" { "items" : [ { "apiVersion" : "y" } , 1 , "s" , [ ] ] , "kind" : "YList" } "#, #"{"items":null}"#,
        #"{"items":{}}"#, #"{"it\u0065ms":[{"kind":"E"}],"kind":"EList"}"#, "{}", "[]", "1", #"{"kind":"Nothing"}"#,
    ])
    func `a list reads as its tree does`(_ text: String) throws {
        let expected = KubeList(try JSONParser.parse(text))
        let list = try KubeList(parsing: Array(text.utf8))
        #expect(list.items == expected.items)
        #expect(list.resourceVersion == expected.resourceVersion && list.continueToken == expected.continueToken)
    }

    @Test(arguments: [
        #"{"items":[{"a":01}]}"#, #"{"items":[{}],"items":[]}"#, #"{"items":[{}]} x"#,
        #"{"items":[{"a":1e999}]}"#, #"{"items":[{"a":"\ud800"}]}"#, #"{"items":[{}"#, "",
        #"{"items":[{"a":"\#u{1}"}]}"#,
    ])
    func `a list that is no valid JSON is refused`(_ text: String) {
        #expect(throws: JSONParser.Failure.self) { try KubeList(parsing: Array(text.utf8)) }
    }

    @Test func `a list is as deep as a value may be`() throws {
        func text(_ depth: Int) -> String {
            #"{"items":[{"a":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}]}"
        }
        let most = JSONParser.maximumDepth - 2
        #expect(try KubeList(parsing: Array(text(most).utf8)).items[0]["a"] != nil)
        #expect(throws: Never.self) { try JSONParser.parse(text(most)) }
        #expect(try KubeList(parsing: Array(text(most + 1).utf8)).items.isEmpty)
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(text(most + 1)) }
    }

    /// Whoever may write one object could otherwise keep everybody from reading the others.
    @Test(arguments: [
        String(repeating: #"{"a":["#, count: 3000) + #""]}\\""# + String(repeating: "]}", count: 3000),
        "{\"\u{e9}\":1,\"e\u{301}\":2}",
    ])
    func `an item that the parser doesn't take is passed over, and counted`(_ value: String) throws {
        let text =
            #"{"kind":"XList","items":[{"metadata":{"name":"a"}}, {"kind":"X","b":"# + value
            + #"} ,{"metadata":{"name":"c"}}],"metadata":{"resourceVersion":"7"}}"#
        let list = try KubeList(parsing: Array(text.utf8))
        #expect(list.items.map(\.name) == ["a", "c"] && list.unreadableItems == 1 && list.resourceVersion == "7")
        #expect(throws: JSONParser.Failure.self) { try KubeList(parsing: Array(text.dropLast(60).utf8)) }
    }

    @Test(arguments: [
        #"{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"3"}}}"#,
        #"{"object":{"metadata":{"name":"a"}},"type":"DELETED"}"#, #"{"type":"MODIFIED"}"#,
        #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}}"#,
        #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}}"#,
        #"{"type":"ADDED","object":null}"#,
    ])
    func `an event reads as its tree does`(_ text: String) throws {
        let expected = try #require(WatchEvent(try JSONParser.parse(text)))
        let event = try #require(try WatchEvent(parsing: Array(text.utf8)))
        switch (event, expected) {
        case (.added(let a), .added(let b)), (.modified(let a), .modified(let b)), (.deleted(let a), .deleted(let b)):
            #expect(a == b)
        case (.bookmark(let a, let isEnd), .bookmark(let b, let isOtherEnd)): #expect(a == b && isEnd == isOtherEnd)
        case (.error(let a), .error(let b)): #expect(a.json == b.json)
        default: Issue.record("\(event) instead of \(expected)")
        }
    }

    @Test(arguments: ["{}", "[]", "null", #"{"type":"NEW","object":{}}"#, #"{"type":1,"object":{}}"#])
    func `what is no known event is none`(_ text: String) throws {
        #expect(try WatchEvent(parsing: Array(text.utf8)) == nil)
    }
}
