import Testing

@testable import Helm

/// The quick reading of manifests gives what the parser gives, or nothing.
struct PlainManifestTests {
    private static let documents = [
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  annotations:\n    a/b: \"1\"\n    c: x y\ndata:\n  k: |\n    text: {\n\n    more\n  l: >-\n    x\n",
        "# c\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n",
        "kind: List\nitems:\n- a: 1\n  b: [x]\n- --flag=x\n",
        "metadata:\n  labels: {}\n  name: 'q'\nspec:\n  list:\n    - name: a\n      image: r/i:t\n    - name: b\n  more: -5\nkind: Pod\n",
        "kind: {}\n", "kind: []\n", "kind: {a: b}\n", "kind: \"a\\\"b\"\n",
        "a: {b: c, d: [e, {f: 1}], g: \"h, }\"}\nb: \"{\\\"x\\\":1}\"\nkind: K\n",
        "a:\n  - {p: 80, t: http}\n  - [x, y]\nkind: K\n", "a: {yes: 1}\n", "a: {b: }\n", "a: {b}\n", "a: [x,y]\n",
        "a: {b: c} d\n", "a: \"\\x41\"\n",
        "kind: yes\n", "kind: 5\n", "Kind: x\n", "metadata:\n- x\n", "metadata: text\n",
        "metadata:\n  annotations: text\n",
        "metadata:\n  annotations:\n  - x\n", "metadata:\n  name:\n    x: y\n", "- a\n", "a: 1\n b: 2\n",
        "a:\n  b: 1\n c: 2\n", "a: b: c\n",
        "a: x\n  y\n", "kind: a\nkind: b\n", "metadata:\n  name: a\nmetadata:\n  name: b\n", "a: |\n  x\n y\n",
        "a: |\n\n  x\n", "a: \"x\" y\n",
        "a: 'it''s'\n", "a: x # c\n", "a: &x y\nb: *x\n", "yes: 1\n", "a:\nb: c\n", "a:\n- x\nb: y\n",
        "a:\n  - x\n  b: y\n", "- - a\n", "", "# only\n",
        "a: ---\n", "---\n", "...\n", "a: x\n...\nb: y\n", "a: {}\nb: []\n", "a: {]\n", "kind: \"A\\u0041\"\n",
        "name: x\nmetadata:\n  NAME: y\n",
        "metadata:\n  annotations:\n    a:\n      b: c\n", "metadata:\n  annotations:\n    a: 5\n", "a: -\n",
        "a: - x\n", "a: |+\n  x\n\n\nkind: Z\n",
        "kind: |\n  X\n", "metadata:\n    name: deep\n    x:\n            y: z\nkind: K\n",
        "a:\n- |\n  x: [\n- y\nkind: K\n", "a: x:\n", "a:b: c\n", "a\n",
    ]

    @Test(arguments: documents) func `a document gives what the parser makes of it`(document: String) {
        check(ByteString(document))
    }

    @Test(arguments: documents) func `so does each that is a little different`(document: String) {
        let bytes = Array(document.utf8)
        for position in 0...bytes.count {
            for piece in ["", " ", "\n", ":", ": ", "- ", "#", "'", "\"", "|", "{", "  x: y\n", "kind: K\n", "\t"] {
                check(ByteString(bytes: bytes[..<position] + Array(piece.utf8) + bytes[position...]))
                check(ByteString(bytes: bytes[..<position] + Array(piece.utf8) + bytes[position...].dropFirst()))
            }
        }
    }

    private func check(_ text: ByteString) {
        guard let plain = PlainManifest(text) else { return }
        let head = try? ManifestHead(parsing: text)
        guard let head else {
            Issue.record("the parser refuses \(text.text)")
            return
        }
        let word = { (bytes: [UInt8]?) in bytes.map { String(decoding: $0, as: UTF8.self) } ?? "" }
        var annotations: [String: String] = [:]
        for (key, value) in plain.annotations { annotations[word(key)] = word(value) }
        let isSame =
            word(plain.apiVersion) == head.apiVersion && word(plain.kind) == head.kind && word(plain.name) == head.name
            && annotations == head.annotations
        if !isSame { Issue.record("\(text.text) is read as \(plain)") }
    }

    @Test func `an ordinary manifest needs no parser`() throws {
        let plain = try #require(PlainManifest(ByteString(Self.documents[0])))
        #expect(plain.kind == Array("ConfigMap".utf8))
        #expect(plain.annotations.map(\.key) == [Array("a/b".utf8), Array("c".utf8)])
    }
}
