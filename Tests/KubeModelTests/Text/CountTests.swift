import KubeModel
import Testing

@Suite struct CountTests {
    @Test(arguments: [(0, "0 pods"), (1, "1 pod"), (2, "2 pods")])
    func `a count is followed by its noun in singular or plural`(count: Int, expected: String) {
        #expect(count.counted(as: "pod") == expected)
    }
}
