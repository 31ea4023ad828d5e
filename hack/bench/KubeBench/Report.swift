#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One line of the result; a peer prints the same. Written at once, so that a run that is given up leaves what it had.
func report(_ name: String, _ value: Double, _ unit: String) {
    let number = value >= 100 ? "\(Int(value.rounded()))" : "\((value * 100).rounded() / 100)"
    var line = "\(name)\t\(number)\t\(unit)\n"
    _ = line.withUTF8 { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}
