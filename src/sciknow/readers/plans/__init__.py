"""What a part costs before it is read: layouts, costs, the plan and its picture."""
