import Testing

@testable import KubeClient

@Suite struct WarningHeaderTests {
    @Test(arguments: [
        (#"299 - "policy/v1beta1 is deprecated""#, ["policy/v1beta1 is deprecated"]),
        (#"299 - "unknown field \"spec.foo\" in C:\\x""#, [#"unknown field "spec.foo" in C:\x"#]),
        (
            #"299 - "one", 299 agent "two, with comma" "Sat, 21 Nov 2026 03:00:00 GMT", 299 - "three""#,
            ["one", "two, with comma", "three"]
        ),
        (#"199 - "not ours", 299 - "ours""#, ["ours"]),
        (#"299 - """#, [""]),
        ("", []), ("299", []), ("299 -", []), (#"299 - "open"#, []), ("nonsense here now", []),
    ])
    func `texts are taken out and unescaped`(header: String, texts: [String]) {
        #expect(WarningHeader.texts(header) == texts)
    }
}
