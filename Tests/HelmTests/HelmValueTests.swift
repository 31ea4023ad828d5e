import Testing

@testable import Helm

@Suite struct HelmValueTests {
    @Test func `strings are equal by their bytes`() {
        let composed = ByteString("\u{e9}")
        let decomposed = ByteString("e\u{301}")
        #expect(composed != decomposed)
        #expect(decomposed < composed)
    }

    @Test func `a map is one for all who hold it, and a deep copy is another`() {
        let inner = HelmMap(["a": .int(1)])
        let outer = HelmMap(["inner": .map(inner)])
        let copy = outer.deepCopy()
        inner["b"] = .int(2)
        #expect(outer["inner"]?.asMap?.keys == ["a", "b"])
        #expect(copy["inner"]?.asMap?.keys == ["a"])
    }

    @Test func `types have Go's names`() {
        #expect(HelmValue.strings(["a"]).typeName == "[]string")
        #expect(HelmValue.map(HelmMap(type: .values)).typeName == "common.Values")
        #expect(HelmValue.null.kind.rawValue == "invalid")
    }
}
