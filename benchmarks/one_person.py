"""The people of an office that a benchmark sets up: one, who is told on the console."""

PEOPLE = """
[[people]]
id = "zhang"
name = "张三"
phone = "0412-5550101"
roles = ["custodian", "duty", "deputy", "operator"]
reach = [{channel = "console", address = ""}]

[[channels]]
id = "console"
kind = "console"
"""
