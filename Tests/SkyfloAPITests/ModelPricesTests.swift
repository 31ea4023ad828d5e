import KubeModel
import Testing

@testable import SkyfloAPI

@Suite struct ModelPricesTests {
    @Test(arguments: [
        ("2.50", "10", "", 1_000_000, 0, 100_000, "3.500000"),
        ("2.5", "10", "1.25", 1_000_000, 1_000_000, 0, "1.250000"),
        ("0.15", "0.6", "", 1, 0, 0, "0.00000015"), ("0.15", "0.6", "", 10, 0, 1, "0.0000021"),
        ("1", "1", "0", 5, 9, -3, "0.000000"),
    ])
    func `a cost is what the tokens cost`(
        _ prompt: String, _ completion: String, _ cached: String, _ prompts: Int, _ cachedTokens: Int,
        _ completions: Int,
        _ expected: String
    ) throws {
        let json = JSONValue.compact([
            "promptPerMillion": .string(prompt), "completionPerMillion": .string(completion),
            "cachedPerMillion": cached.isEmpty ? nil : .string(cached),
        ])
        let prices = try #require(ModelPrices(json))
        #expect(
            ModelPrices.text(prices.cost(prompt: prompts, cached: cachedTokens, completion: completions)) == expected)
    }

    @Test(arguments: ["", "1.", ".5", "-1", "1e3", "1.0000001", "1234567", "a"])
    func `what is no decimal number is no price`(_ text: String) {
        #expect(ModelPrices(["promptPerMillion": .string(text), "completionPerMillion": "1"]) == nil)
    }
}
