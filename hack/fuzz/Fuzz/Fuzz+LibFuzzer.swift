#if LIBFUZZER
    import CLibFuzzer
    import FoundationEssentials
    import Fuzzing

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #elseif canImport(Darwin)
        import Darwin
    #endif

    /// Guided by which code an input reaches. It begins with inputs that the target generates itself, so that it starts
    /// behind the parser, and knows the target's words.
    extension Fuzz {
        /// The callback is a C function, which can't capture it.
        private static let target = FuzzTarget.all.first { $0.name == CommandLine.arguments[1] }

        /// Ends the process: with 0 after `seconds`, else with the failing input in `file`.
        static func guided(_ target: FuzzTarget, seconds: Int, file: String) throws {
            let directory = URL(filePath: file + ".corpus")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            var random = SeededGenerator(seed: .random(in: 0...(.max)))
            for number in 0..<500 {
                try Data(target.input(&random)).write(to: directory.appending(path: "\(number)"))
            }
            var arguments = [
                CommandLine.arguments[0], "-max_total_time=\(seconds)", "-timeout=5", "-rss_limit_mb=4096",
                "-exact_artifact_path=\(file)", "-verbosity=0", "-print_final_stats=1", directory.path,
            ]
            let words = target.words.filter { !$0.isEmpty }
            if !words.isEmpty {
                let dictionary = URL(filePath: file + ".words")
                try Data(words.map(quoted).joined(separator: "\n").utf8).write(to: dictionary)
                arguments.append("-dict=\(dictionary.path)")
            }
            var count = Int32(arguments.count)
            // Never freed: libFuzzer keeps them, and doesn't return.
            var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
            let status = pointers.withUnsafeMutableBufferPointer { pointers in
                var start = pointers.baseAddress
                return LLVMFuzzerRunDriver(&count, &start) { bytes, size in
                    do {
                        try Fuzz.target?.check(Array(UnsafeBufferPointer(start: bytes, count: size)))
                    } catch {
                        print("failure: \(error)")
                        fflush(nil)
                        abort()
                    }
                    return 0
                }
            }
            exit(status)
        }

        /// An entry of a dictionary: everything but letters and digits as `\xAB`.
        private static func quoted(_ word: String) -> String {
            let bytes = word.utf8.map { byte in
                let isPlain =
                    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                    || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                let digits = String(byte, radix: 16)
                return isPlain ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + digits
            }
            return "\"\(bytes.joined())\""
        }
    }
#endif
