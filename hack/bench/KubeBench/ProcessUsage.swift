import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What this process has used, as the kernel counts it.
enum ProcessUsage {
    /// User and system seconds.
    static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Bytes resident now, after the allocator has given back what it can.
    static func trimmedResidentBytes() -> Double {
        // Not in the headers that Swift imports, and not in every C library.
        if let function = dlsym(nil, "malloc_trim") {
            _ = unsafeBitCast(function, to: (@convention(c) (Int) -> CInt).self)(0)
        }
        return status("VmRSS:")
    }

    static var peakResidentBytes: Double { status("VmHWM:") }

    private static func status(_ field: String) -> Double {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(field) } ?? ""
        return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0) * 1024
    }
}
