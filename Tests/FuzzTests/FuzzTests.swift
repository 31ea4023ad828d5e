import Fuzzing
import Testing

/// A short run with a fixed seed of what hack/fuzz/fuzz runs for minutes. A failure there becomes a test beside the code.
@Suite struct FuzzTests {
    @Test(arguments: FuzzTarget.all.map(\.name))
    func `what has to hold for any input holds for some`(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        var random = SeededGenerator(seed: 1)
        for number in 0..<150 {
            let input = target.input(&random)
            #expect(throws: Never.self, "input \(number): \(String(decoding: input.prefix(2000), as: UTF8.self))") {
                try target.check(input)
            }
        }
    }
}
