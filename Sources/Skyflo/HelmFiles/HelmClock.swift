import Helm

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What templates learn of the machine: the time and the zone database.
package enum HelmClock {
    /// - Parameter limit: seconds after which a rendering ends with an error.
    package static func environment(limit: Double = 60) -> TemplateEnvironment {
        let end = monotonic() + limit
        return TemplateEnvironment(
            now: {
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                return (Int64(time.tv_sec), Int(time.tv_nsec))
            },
            zoneData: { name in
                let isPlain = name.utf8.allSatisfy { $0 | 0x20 &- 97 < 26 || $0 &- 43 < 15 || $0 == 0x5F }
                guard isPlain, !name.isEmpty, !name.hasPrefix("/"), !name.contains("..") else { return nil }
                return try? ChartPath.read("/usr/share/zoneinfo/\(name)", limit: 1 << 20)
            },
            checkDeadline: { () throws(HelmError) in
                if monotonic() > end { throw HelmError("rendering took longer than \(Int(limit)) seconds") }
            })
    }

    private static func monotonic() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
