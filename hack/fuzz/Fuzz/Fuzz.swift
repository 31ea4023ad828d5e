import FoundationEssentials
import Fuzzing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs one target for some seconds. The input under test lies in a file, so that a crash leaves it behind.
@main
struct Fuzz {
    static func main() {
        do {
            try run()
        } catch {
            // Not thrown: that would be reported as a crash, with a trace that says nothing.
            print("failure: \(error)")
            exit(1)
        }
    }

    private static func run() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4, let target = FuzzTarget.all.first(where: { $0.name == arguments[1] }) else {
            let names = FuzzTarget.all.map(\.name).joined(separator: "\n")
            print("usage: Fuzz TARGET SECONDS FILE [SEED], or Fuzz TARGET replay FILE; targets:\n\(names)")
            return
        }
        let file = URL(filePath: arguments[3])
        guard let seconds = Int(arguments[2]) else { return try target.check(Array(Data(contentsOf: file))) }
        #if LIBFUZZER
            try guided(target, seconds: seconds, file: arguments[3])
        #endif
        // With a seed the outcome is to be the same everywhere, also on a slow machine.
        let seed = arguments.count > 4 ? UInt64(arguments[4]) : nil
        var random = SeededGenerator(seed: seed ?? .random(in: 0...(.max)))
        let end = ContinuousClock.now + .seconds(seconds)
        var count = 0
        while ContinuousClock.now < end {
            let input = target.input(&random)
            try Data(input).write(to: file)
            let start = ContinuousClock.now
            try target.check(input)
            let took = start.duration(to: .now)
            if took > .seconds(2), seed == nil { throw FuzzFailure(description: "took \(took)") }
            count += 1
        }
        print("\(target.name): \(count) inputs")
    }
}
